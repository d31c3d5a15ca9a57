import { expect, test } from '@jest/globals';
import { interpolate } from '../../../../rulegen/core/interpolate.ts';

const env = { NAME: 'web', EMPTY: '' };

/** `braced('NAME:-other')` is that in a stack file. */
const braced = (inner: string): string => `$\{${inner}}`;

test.each([
  ['no variable', 'no variable'],
  [`$NAME and ${braced('NAME')}`, 'web and web'],
  [`${braced('NAME:-other')} ${braced('NONE:-other')} ${braced('NONE-other')}`, 'web other other'],
  [`${braced('EMPTY:-other')} ${braced('EMPTY-other')}`, 'other '],
  ['$$NAME stays, $$$$ too', '$NAME stays, $$ too'],
  [`sum(up{job="${braced('NAME')}"}) / 5$`, 'sum(up{job="web"}) / 5$'],
])('%s becomes %s', (text, filled) => {
  expect(interpolate(text, env)).toEqual({ text: filled, missing: [] });
});

test.each(['$NONE', braced('NONE'), braced('NONE:?must be set'), braced('EMPTY:?must be set')])(
  'what is missing in %s is named',
  (text) => {
    const { text: filled, missing } = interpolate(text, env);
    expect(filled).toBe('');
    expect(missing).toHaveLength(1);
  },
);
