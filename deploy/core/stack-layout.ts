/** Where everything of a stack lies in its state folder. Nothing of a stack lies anywhere else. */

export const PART_NAMES = ['prometheus', 'alertmanager', 'rulegen', 'exporter', 'executor'] as const;
export type PartName = (typeof PART_NAMES)[number];

export type StackLayout = ReturnType<typeof layOutStack>;

/** @param folder absolute, without a trailing slash */
export function layOutStack(folder: string) {
  return {
    folder,
    stateFile: `${folder}/state.json`,
    /** What runs where, for other commands; there while the stack is up. */
    stackFile: `${folder}/stack.json`,
    lockFile: `${folder}/up.pid`,
    policyFile: `${folder}/policy.yaml`,
    /** The ways in which Alertmanager tells people; written by them. */
    peopleFile: `${folder}/people.yml`,
    tokenFile: `${folder}/executor.token`,
    webConfigFile: `${folder}/web.yml`,
    prometheusConfigFile: `${folder}/prometheus.yml`,
    alertmanagerConfigFile: `${folder}/alertmanager.yml`,
    rulesFolder: `${folder}/rules`,
    packagesFolder: `${folder}/packages`,
    prometheusDataFolder: `${folder}/data/prometheus`,
    alertmanagerDataFolder: `${folder}/data/alertmanager`,
    journalFile: `${folder}/data/executor/journal.jsonl`,
    engineFolder: `${folder}/engine`,
    logsFolder: `${folder}/logs`,
    pidsFolder: `${folder}/run`,
    logFile: (name: PartName | 'engine') => `${folder}/logs/${name}.log`,
    pidFile: (name: PartName) => `${folder}/run/${name}.pid`,
  };
}

/** Prometheus reads the rules folder as a glob and its configuration as YAML: what could be taken for a pattern is refused. */
export function problemWithFolder(folder: string): string | undefined {
  if (/[*?[\]{}\\]/.test(folder))
    return `state folder ${folder}: its path must not hold any of * ? [ ] { } \\ (Prometheus reads them as a pattern)`;
  return undefined;
}

/** A folder in which something else lives is not taken: `down --purge` removes all of it. */
export function problemWithContents(layout: StackLayout, names: readonly string[]): string | undefined {
  if (names.includes('state.json')) return undefined;
  const ours = Object.values(layout).flatMap((value) =>
    typeof value === 'string' ? [value.slice(layout.folder.length + 1).split('/')[0] ?? ''] : [],
  );
  const other = names.find((name) => !ours.some((own) => name === own || name.startsWith(`${own}.`)));
  return other === undefined
    ? undefined
    : `state folder ${layout.folder} holds something else already (${other}): choose an empty one with --state.dir`;
}
