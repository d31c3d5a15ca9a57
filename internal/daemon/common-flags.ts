/** The flags that all binaries share. */
import { choiceFlag, listenAddressFlag, pathFlag, textFlag, textListFlag, urlFlag } from './flag-kinds.ts';
import { LOG_FORMATS, LOG_LEVELS } from './logger.ts';

export const DEFAULT_DOCKER_HOST = 'unix:///var/run/docker.sock';

export function commonFlags(port: number) {
  return {
    'docker.host': textFlag({
      help: 'The Docker engine: unix:///path, or tcp://host:port (TLS by DOCKER_TLS_VERIFY and DOCKER_CERT_PATH).',
      form: '<address>',
      fallback: DEFAULT_DOCKER_HOST,
      alsoEnv: 'DOCKER_HOST',
    }),
    'web.listen-address': listenAddressFlag({ help: 'Where to serve HTTP.', fallback: `127.0.0.1:${port}` }),
    'web.config.file': pathFlag({
      help: 'TLS, basic auth and bearer tokens, in the format of the Prometheus exporter toolkit.',
      fallback: '',
    }),
    'web.allowed-host': textListFlag({
      help: 'A name, beside this machine’s own, that a POST may carry in its Host header.',
      form: '<host>',
      fallback: [],
    }),
    'consul.url': urlFlag({
      help: 'The Consul agent to register with; without it there is no Consul.',
      fallback: '',
    }),
    'consul.token-file': pathFlag({
      help: 'The ACL token for Consul, in a file that is read at every call.',
      fallback: '',
    }),
    'log.level': choiceFlag(LOG_LEVELS, { help: 'Least level that is logged.', fallback: 'info' }),
    'log.format': choiceFlag(LOG_FORMATS, { help: 'JSON lines, or text for people.', fallback: 'json' }),
  };
}
