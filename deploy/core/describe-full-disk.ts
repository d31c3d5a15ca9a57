/** A full disk shows in many ways: an error code of ours, or the last words of whoever met it. All become one line. */
const PATTERN = /ENOSPC|no space left on device/i;

export function describeFullDisk(error: unknown): string | undefined {
  const chain = causesOf(error);
  if (!chain.some((one) => PATTERN.test(one.message))) return undefined;
  const path = chain
    .map((one) => ('path' in one ? one.path : undefined))
    .find((one) => typeof one === 'string');
  const where = path === undefined ? '' : ` (while writing ${path})`;
  return `the disk is full${where}: make room, or choose another folder with --state.dir, and start again`;
}

function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
