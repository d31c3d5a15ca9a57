/** Variables in a stack file, as `docker stack deploy` fills them in: `$NAME`, `${NAME}`, with `:-`, `-`, `:?`, `?`; `$$` is `$`. */
export type Interpolated = {
  readonly text: string;
  /** Variables that are wanted and not set. */
  readonly missing: readonly string[];
};

const PATTERN = /\$(?:(\$)|([a-zA-Z_]\w*)|\{([a-zA-Z_]\w*)(?:(:?[-?])([^}]*))?\})/g;

export function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): Interpolated {
  const missing: string[] = [];
  const filled = text.replace(
    PATTERN,
    (_all, dollar?: string, bare?: string, braced?: string, operator?: string, operand?: string) => {
      if (dollar !== undefined) return '$';
      const name = bare ?? braced ?? '';
      const value = env[name];
      const isSet = value !== undefined && !(operator?.startsWith(':') === true && value === '');
      if (isSet) return value;
      if (operator?.endsWith('-') === true) return operand ?? '';
      missing.push(name);
      return '';
    },
  );
  return { text: filled, missing };
}
