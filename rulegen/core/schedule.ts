/**
 * `micado.schedule.<name>`: other bounds within a window of time. A window begins where the cron expression says, by the clock
 * on the wall of its time zone, and lasts for the duration.
 */
import { parseDurationMs } from '../../internal/contract/duration.ts';
import type { ParsedSetting } from './setting-kinds.ts';
import { SETTINGS } from './settings.ts';

export type WindowTiming = {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  readonly durationMs: number;
  /** A name of the time zone database, such as `Europe/London`. */
  readonly timeZone: string;
};

/** At least one of the bounds is there; the other one is as it is without the window. */
export type Schedule = WindowTiming & { readonly min: number | undefined; readonly max: number | undefined };

/** How a window stands now, or why there is no such window. */
export type WindowState =
  | {
      readonly open: boolean;
      /** When that changes; undefined where it does not for a day. */
      readonly nextEdgeMs: number | undefined;
    }
  | { readonly problem: string };

export type WindowAt = (timing: WindowTiming) => WindowState;

const FORM =
  'cron; duration; min=…,max=…[; time zone], such as 0 8 * * 1-5; 10h; min=4,max=20; Europe/London';
const LONGEST_MS = 366 * 86_400_000;

/** Why this cannot be the name of a schedule; undefined when it can. */
export const wrongScheduleName = (name: string): string | undefined =>
  /^[a-zA-Z][\w-]*$/.test(name)
    ? undefined
    : 'the name of a schedule must be a letter, then letters, digits, _ or -';

export function parseSchedule(text: string): ParsedSetting<Schedule> {
  const parts = text.split(';').map((part) => part.trim());
  const [cron = '', duration = '', boundsText = '', timeZone = 'UTC'] = parts;
  const refuse = (why: string): ParsedSetting<Schedule> => ({ form: `${FORM}; ${why}` });
  if (parts.length < 3 || parts.length > 4) return refuse(`it has ${parts.length} parts`);
  const durationMs = parseDurationMs(duration) ?? 0;
  if (durationMs < 60_000 || durationMs > LONGEST_MS)
    return refuse(`the duration "${duration}" must be from 1m to 366d`);
  const bounds = parseBounds(boundsText);
  if ('form' in bounds) return refuse(bounds.form);
  return { value: { cron, durationMs, timeZone, ...bounds.value } };
}

type Bounds = Pick<Schedule, 'min' | 'max'>;

function parseBounds(text: string): ParsedSetting<Bounds> {
  const bounds: { min: number | undefined; max: number | undefined } = { min: undefined, max: undefined };
  for (const part of text.split(',')) {
    const [, name, number = ''] = /^\s*(min|max)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    if (name !== 'min' && name !== 'max') return { form: `"${part.trim()}" is not min=… or max=…` };
    if (bounds[name] !== undefined) return { form: `${name} stands there twice` };
    const parsed = SETTINGS[name].parse(number);
    if ('form' in parsed) return { form: `${name} must be ${parsed.form}` };
    bounds[name] = parsed.value;
  }
  return { value: bounds };
}
