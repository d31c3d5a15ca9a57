/**
 * Texts of a user's own alert. Prometheus expands `{{ … }}` in them, and refuses every rule that there is when one of them is
 * no template: so only what is sure to be one is let through.
 */
import type { ParsedSetting } from './setting-kinds.ts';

const FUNCTIONS = [
  'humanize',
  'humanize1024',
  'humanizeDuration',
  'humanizePercentage',
  'humanizeTimestamp',
  'printf',
  'title',
  'toLower',
  'toUpper',
];
const VALUE = String.raw`(?:\$value|\$labels\.[a-zA-Z_]\w*|\$externalLabels\.[a-zA-Z_]\w*|\$externalURL)`;
const ARGUMENT = String.raw`(?:${VALUE}|"(?:[^"\\\n]|\\["\\nt])*"|(?:0|[1-9]\d{0,14})(?:\.\d+)?)`;
const CALL = `(?:${FUNCTIONS.join('|')})(?:[ \\t\\n]+${ARGUMENT})*`;
const PIPELINE = `(?:${ARGUMENT}|${CALL})(?:[ \\t\\n]*\\|[ \\t\\n]*${CALL})*`;
/** White space is Go's: the templates are. */
const ACTION = new RegExp(`\\{\\{(?:-[ \\t\\n])?[ \\t\\n]*${PIPELINE}[ \\t\\n]*(?:[ \\t\\n]-)?\\}\\}`, 'g');

const SERVICE = /\{\{\s*service\s*\}\}/g;
/** A service's name may hold letters, digits, _ and -; it must leave a template one, wherever it is filled in. */
const ANY_SERVICE = 'a-b';
/** Anything but line breaks and tabs that YAML does not take as it is. */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFEFF\uFFFE\uFFFF]/u;

export const fillInServiceText = (text: string, service: string): string =>
  text.replace(SERVICE, () => service);

/** For annotations and the summary: the present value and labels may stand in it. */
export function checkAnnotationText(text: string): ParsedSetting<string> {
  if (UNPRINTABLE.test(text)) return { form: 'text without control characters' };
  return fillInServiceText(text, ANY_SERVICE).replace(ACTION, '…').includes('{{')
    ? {
        form: `text in which {{ }} holds {{service}}, $value, $labels.<name> or $externalURL, through ${FUNCTIONS.join(', ')}, such as {{ $value | humanize }}`,
      }
    : { value: text };
}

/** For labels: a label that varies makes a new alert each time, and its timer starts again. */
export function checkLabelText(text: string): ParsedSetting<string> {
  if (UNPRINTABLE.test(text) || text.includes('\n') || text === '') return { form: 'one line of text' };
  return fillInServiceText(text, ANY_SERVICE).includes('{{')
    ? { form: 'text that stays the same while the alert fires: what varies belongs into an annotation' }
    : { value: text };
}
