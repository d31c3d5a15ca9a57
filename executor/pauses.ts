/** Which targets may not be acted upon because a person said so. */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Pause, PauseStore, Pauses } from './ports.ts';

export type PauseSwitch = {
  /** The pause of this target, or that of all targets. */
  pauseOf(targetKey: string): Pause | undefined;
  current(): Pauses;
  /** Without a target: all. Holds at once; fails where it would not outlive a restart. */
  pause(targetKey: string | undefined, reason: string): Promise<Pauses>;
  resume(targetKey: string | undefined): Promise<Pauses>;
};

export async function createPauseSwitch(store: PauseStore, clock: Clock): Promise<PauseSwitch> {
  let pauses = await store.load();
  let lastSave: Promise<void> = Promise.resolve();
  const become = async (next: Pauses): Promise<Pauses> => {
    pauses = next;
    lastSave = lastSave.catch(() => undefined).then(() => store.save(next));
    await lastSave;
    return next;
  };
  return {
    pauseOf: (key) => (Object.hasOwn(pauses.targets, key) ? pauses.targets[key] : pauses.all),
    current: () => pauses,
    async pause(key, reason) {
      const pause = { reason, since: new Date(clock.now()).toISOString() };
      return await become(
        key === undefined
          ? { ...pauses, all: pause }
          : { ...pauses, targets: { ...pauses.targets, [key]: pause } },
      );
    },
    async resume(key) {
      if (key === undefined) return await become({ ...pauses, all: undefined });
      const targets = Object.fromEntries(Object.entries(pauses.targets).filter(([other]) => other !== key));
      return await become({ ...pauses, targets });
    },
  };
}
