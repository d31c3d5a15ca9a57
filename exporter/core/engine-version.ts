/**
 * Whether `stats?one-shot=true` is answered at once. Engines before the change "make one-shot stats faster" keep the answer
 * back until their next tick, a second later.
 */
const FIRST_QUICK: readonly (readonly number[])[] = [
  [23, 0, 10],
  [24, 0, 7],
];

export function answersOneShotAtOnce(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = (/^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  if (major > 24) return true;
  return FIRST_QUICK.some(
    ([ownMajor = 0, ownMinor = 0, ownPatch = 0]) =>
      major === ownMajor && (minor > ownMinor || (minor === ownMinor && patch >= ownPatch)),
  );
}
