/**
 * Durations as Prometheus writes them (`2s`, `1h30m`, `500ms`), the one form used in labels, annotations,
 * policy files and flags.
 */
const UNITS = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds, or undefined where the text is no Prometheus duration. `0` needs no unit. */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  const match = PATTERN.exec(text);
  if (match === null || text === '') return undefined;
  const totalMs = UNITS.reduce((sum, [, unitMs], index) => sum + Number(match[index + 1] ?? 0) * unitMs, 0);
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** The shortest Prometheus form: `90_000` is `1m30s`. Parts of a millisecond are rounded away. */
export function formatDuration(durationMs: number): string {
  let restMs = Math.round(durationMs);
  if (restMs <= 0) return '0s';
  let text = '';
  for (const [unit, unitMs] of UNITS) {
    if (unit === 'y' || unit === 'w') continue;
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}
