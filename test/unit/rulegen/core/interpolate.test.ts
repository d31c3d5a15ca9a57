import { expect, test } from '@jest/globals';
import { interpolate } from '../../../../rulegen/core/interpolate.ts';

const env = { NAME: 'web', EMPTY: '' };

test.each([
  ['no variable', 'no variable'],
  ['$NAME and ${NAME}', 'web and web'],
  ['${NAME:-other} ${NONE:-other} ${NONE-other}', 'web other other'],
  ['${EMPTY:-other} ${EMPTY-other}', 'other '],
  ['$$NAME stays, $$$$ too', '$NAME stays, $$ too'],
  ['sum(up{job="${NAME}"}) / 5$', 'sum(up{job="web"}) / 5$'],
])('%s becomes %s', (text, filled) => {
  expect(interpolate(text, env)).toEqual({ text: filled, missing: [] });
});

test.each(['$NONE', '${NONE}', '${NONE:?must be set}', '${EMPTY:?must be set}'])(
  'what is missing in %s is named',
  (text) => {
    const { text: filled, missing } = interpolate(text, env);
    expect(filled).toBe('');
    expect(missing).toHaveLength(1);
  },
);
