/** What rules need to know of a Swarm service. */
export type ServiceFacts = {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly mode: 'replicated' | 'global' | 'replicated-job' | 'global-job';
  readonly cpuLimitCores: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly mountsVolume: boolean;
};
