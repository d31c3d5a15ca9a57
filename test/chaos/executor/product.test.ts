/**
 * The full product: every passage of every crash point, the executor killed before it, after it or not at all, while each
 * part is at fault in each manner or none is. It always comes to the same end by the same way, and not a step too many.
 */
import { expect, test } from '@jest/globals';
import { CRASH_MOMENTS } from './crash-points.ts';
import { FAULTS } from './faults.ts';
import { play, type Trouble } from './play.ts';
import { STORIES } from './stories.ts';

const KILLS = [undefined, ...CRASH_MOMENTS] as const;

function troublesIn(passages: number): readonly Trouble[] {
  return Array.from({ length: passages }, (_, at) => at).flatMap((at) =>
    KILLS.flatMap((kill) => [undefined, ...FAULTS].map((fault) => ({ at, kill, fault }))),
  );
}

const describeTrouble = ({ at, kill, fault }: Trouble, passed: readonly string[]): string => {
  const killed = kill === undefined ? 'alive' : `killed ${kill}`;
  return `${killed} at ${passed[at]} (${at}), ${fault === undefined ? 'all well' : `${fault.part} ${fault.manner}`}`;
};

test.each(STORIES)(
  '$name, whatever happens',
  async (story) => {
    const calm = await play(story);
    const troubles = troublesIn(calm.passed.length);
    const astray: string[] = [];
    for (const trouble of troubles) {
      const { history, kills } = await play(story, trouble);
      expect(kills).toBe(trouble.kill === undefined ? 0 : 1);
      if (JSON.stringify(history) !== JSON.stringify(calm.history))
        astray.push(`${describeTrouble(trouble, calm.passed)}: ${history.join(' | ')}`);
    }
    expect(astray).toEqual([]);
    expect(troubles.length).toBeGreaterThanOrEqual(3 * KILLS.length * (FAULTS.length + 1));
  },
  300_000,
);
