/** Ports as users of MiCADO know them. */
export const DEFAULT_PORT = {
  prometheus: 9090,
  alertmanager: 9093,
  executor: 9095,
  rulegen: 9096,
  exporter: 9200,
  nodeExporter: 9100,
  occopus: 5000,
  consul: 8500,
} as const;

/** Paths that every binary serves. */
export const HTTP_PATH = {
  metrics: '/metrics',
  healthy: '/-/healthy',
  ready: '/-/ready',
  reload: '/-/reload',
} as const;

/** As it stands in addresses. */
export const hostAndPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
