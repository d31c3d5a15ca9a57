import type { OccopusReport } from '../../internal/contract/occopus.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { createSharedCall } from './shared-call.ts';

/** Making a report costs Occopus seconds, and one holds all pools of an infrastructure. */
const KEPT_MS = 1_000;

export type OccopusReports = {
  /** At most one second old, and never older than the last `forget`. */
  read(infraId: string): Promise<OccopusReport>;
  forget(infraId: string): void;
};

type Infrastructure = {
  kept: { readonly atMs: number; readonly report: OccopusReport } | undefined;
  age: number;
  readonly ask: () => Promise<OccopusReport>;
};

export function createOccopusReports(
  readReport: (infraId: string) => Promise<OccopusReport>,
  clock: Clock,
): OccopusReports {
  const known = new Map<string, Infrastructure>();
  const open = (infraId: string): Infrastructure => {
    const ask = createSharedCall(async () => {
      const { age } = infrastructure;
      const report = await readReport(infraId);
      // What was asked for meanwhile is not in it.
      if (age === infrastructure.age) infrastructure.kept = { atMs: clock.now(), report };
      return report;
    });
    const infrastructure: Infrastructure = { kept: undefined, age: 0, ask };
    known.set(infraId, infrastructure);
    return infrastructure;
  };
  const get = (infraId: string): Infrastructure => known.get(infraId) ?? open(infraId);
  return {
    async read(infraId) {
      const { kept, ask } = get(infraId);
      return kept !== undefined && clock.now() - kept.atMs <= KEPT_MS ? kept.report : await ask();
    },
    forget(infraId) {
      const infrastructure = get(infraId);
      infrastructure.kept = undefined;
      infrastructure.age += 1;
    },
  };
}
