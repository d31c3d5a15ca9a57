import { describe, expect, test } from '@jest/globals';
import { renderDisplay } from '../../../../deploy/demo/core/render-display.ts';
import { advanceStory, startStory } from '../../../../deploy/demo/core/story.ts';
import { createLiveDisplay } from '../../../../deploy/demo/live-display.ts';
import { anObservation, START_MS } from './an-observation.ts';

const first = startStory('web', START_MS);
const second = advanceStory(first, anObservation(0.8)).story;

function show(isInteractive: boolean): readonly string[] {
  const written: string[] = [];
  const display = createLiveDisplay(
    { isInteractive, columns: () => 80, write: (text) => void written.push(text) },
    renderDisplay,
  );
  display.show(first);
  display.show(second);
  display.show(second);
  return written;
}

describe('the live display', () => {
  test('writes each event once where nothing can be redrawn', () => {
    expect(show(false)).toEqual([
      '   0.0 s  service created: web\n',
      '   0.8 s  running: 1 of 1\n',
      '   0.8 s  rules loaded: Prometheus has loaded the rules of the new service\n',
    ]);
  });

  test('goes back over what it drew before on a terminal', () => {
    const [drawn = '', redrawn = ''] = show(true);
    const height = drawn.split('\n').length - 1;
    expect(drawn).not.toContain('\u001b');
    expect(redrawn.startsWith(`\u001b[${height}A\u001b[J0:00  waiting until the first task`)).toBe(true);
  });
});
