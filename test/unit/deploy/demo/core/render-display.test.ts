import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderDisplay, renderResult } from '../../../../../deploy/demo/core/render-display.ts';
import { sparkline } from '../../../../../deploy/demo/core/sparkline.ts';
import { advanceStory, type Story, startStory } from '../../../../../deploy/demo/core/story.ts';
import { renderEvent } from '../../../../../deploy/demo/core/timeline.ts';
import { anObservation, aScaleDecision, START_MS } from '../an-observation.ts';

const decisions = [
  { ...aScaleDecision(15, 1, 2) },
  { atMs: START_MS + 16_000, kind: 'hold', reason: 'starting', sentence: 'Tasks start.', scale: undefined },
] as const;

const STORY: Story = [
  anObservation(1),
  anObservation(5),
  anObservation(14, { utilisationPercent: 100, alerts: [{ name: 'web_overloaded', state: 'firing' }] }),
  anObservation(16, {
    utilisationPercent: 98.6,
    alerts: [{ name: 'web_overloaded', state: 'firing' }],
    service: { desired: 2, running: 1 },
    decisions,
  }),
].reduce((story, observation) => advanceStory(story, observation).story, startStory('web', START_MS));

describe('the display', () => {
  test('shows what is waited for, both curves, alerts, and decisions with their reasons', () => {
    expect(renderDisplay(STORY, 110)).toEqual([
      '0:16  waiting until the overload is answered with another replica',
      '  load         raised to 1.5 times what one replica may use',
      `  utilisation  ${'▁▁██'.padEnd(60)}  99 % of the limits`,
      `  replicas     ${'▃▃▃▅'.padEnd(60)}  1 of 2 running`,
      '  alerts       web_overloaded firing',
      '  decisions      15.0 s  scale up: from 1 to 2, overloaded: The service has passed a threshold.',
      '                 16.0 s  hold: starting: Tasks start.',
    ]);
  });

  test('shows a story of which nothing is known yet', () => {
    expect(renderDisplay(startStory('web', START_MS), 80)).toEqual([
      '0:00  waiting until Prometheus has loaded the rules of the new service',
      '  load         none',
      `  utilisation  ${' '.repeat(37)}  - of the limits`,
      `  replicas     ${' '.repeat(37)}  -`,
      '  alerts       none',
      '  decisions    none',
    ]);
  });

  test('is never wider than the terminal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), (columns) =>
        renderDisplay(STORY, columns).every((line) => line.length <= columns),
      ),
    );
  });
});

describe('an event', () => {
  test('is one line with its time', () => {
    const event = { atMs: START_MS + 65_040, event: 'at_min', detail: 'done' } as const;
    expect(renderEvent(event, START_MS)).toBe('  65.0 s  at min: done');
  });
});

describe('a result', () => {
  test('says what did not happen', () => {
    const seconds = {
      create_to_rules_loaded: 0.8,
      overload_to_decision: null,
      overload_to_replica_running: null,
      idle_to_min: null,
      remove_to_rules_gone: null,
    };
    const text = renderResult({ ok: false, events: [], seconds, replicas_max: 1 });
    expect(text).toMatch(/create to rules loaded +0.8 s\n {2}overload to decision +did not happen\n/);
    expect(text).toMatch(/most replicas +1\nThe demo failed.\n$/);
  });
});

describe('a sparkline', () => {
  test('shows each value by its part of the whole, and a blank for what is unknown', () => {
    expect(sparkline([0, 50, undefined, 100, 400, -1], 100, 60)).toBe('▁▅ ██▁');
  });

  test('keeps the peaks when it has to be shortened', () => {
    expect(sparkline([0, 100, 0, 0, 0, 0], 100, 3)).toBe('█▁▁');
  });

  test('is never longer than asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 })),
        fc.integer({ min: 1, max: 80 }),
        (values, width) => {
          const { length } = sparkline(values, 100, width);
          return length <= width && (values.length === 0 || length > 0);
        },
      ),
    );
  });
});
