/** The kinds of values in user data. A message completes the sentence that its key begins: `resource.image_id is required`. */
import { z } from 'zod';

type Given = { readonly input?: unknown };

const unless = (form: string) => ({
  error: ({ input }: Given): string => {
    if (input === undefined) return 'is required';
    return input === null ? 'has no value: fill it in, or remove the key' : form;
  },
});

export const text = z
  .string(unless('must be text: put it in quotes'))
  .regex(/\S/, 'must not be empty')
  .regex(/^\P{Cc}*$/u, 'must be one line');

export const httpUrl = text.refine(isHttpUrl, 'must be a URL such as https://cloud.example/v3');
export const texts = z.array(text, unless('must be a list')).min(1, 'must name at least one');
export const flag = z.boolean(unless('must be true or false'));
export const integerFrom = (least: number, message = `must be ${least} or more`) =>
  z.int(unless('must be a whole number')).min(least, message);
export const positive = integerFrom(1);
export const notNegative = integerFrom(0);
export const mapping = unless('must be a mapping');

/** An IPv4 address that other machines can reach: neither loopback, nor link-local, nor a group's. */
export const reachableAddress = text.refine((address) => {
  const octets = /^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? address.split('.').map(Number) : [];
  const [first = 0, second = 0] = octets;
  const isSpecial = first === 0 || first === 127 || first >= 224 || (first === 169 && second === 254);
  return octets.length === 4 && octets.every((octet) => octet <= 255) && !isSpecial;
}, 'must be an IPv4 address at which workers reach the master, such as 10.0.0.5');

/** Text, or where to find it: `{ from_env: NAME }`, `{ from_file: path }`. */
export const credential = z.unknown().superRefine((value, context) => {
  const reference = secretReference(value);
  const parsed = reference === undefined ? text.safeParse(value) : undefined;
  if (parsed?.success === false)
    for (const { message } of parsed.error.issues)
      context.addIssue({ code: 'custom', message: isMapping(value) ? REFERENCE_FORM : message });
});

const REFERENCE_FORM = 'must be text, { from_env: NAME } or { from_file: path }';

export type SecretReference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string };

/** Undefined where the value is anything else. */
export function secretReference(value: unknown): SecretReference | undefined {
  const parsed = z
    .union([z.strictObject({ from_env: text }), z.strictObject({ from_file: text })])
    .safeParse(value);
  if (!parsed.success) return undefined;
  return 'from_env' in parsed.data
    ? { kind: 'env', name: parsed.data.from_env }
    : { kind: 'file', name: parsed.data.from_file };
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

const isMapping = (value: unknown): boolean => typeof value === 'object' && value !== null;
