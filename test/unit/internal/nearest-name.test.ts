import { describe, expect, test } from '@jest/globals';
import { didYouMean, nearestName } from '../../../internal/contract/nearest-name.ts';

const known = ['micado.scaleup', 'micado.scaledown', 'micado.min', 'micado.max'];

describe('the nearest known name', () => {
  test.each([
    ['micado.scaleupp', 'micado.scaleup'],
    ['micado.scaledwon', 'micado.scaledown'],
    ['Micado.Min', 'micado.min'],
  ])('of %s is %s', (name, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });

  test('is none for a name that resembles nothing', () => {
    expect(nearestName('traefik.enable', known)).toBeUndefined();
    expect(didYouMean('traefik.enable', known)).toBe('');
  });

  test('is offered behind a message', () => {
    expect(`unknown label${didYouMean('micado.scaleupp', known)}`).toBe(
      'unknown label; did you mean "micado.scaleup"?',
    );
  });
});
