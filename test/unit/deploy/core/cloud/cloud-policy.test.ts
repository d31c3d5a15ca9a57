import { describe, expect, test } from '@jest/globals';
import { renderPolicy } from '../../../../../deploy/core/cloud/cloud-policy.ts';
import { renderFindings } from '../../../../../deploy/core/user-data/finding.ts';

const BOUNDS = { min: 2, max: 7 };
const HEADER = '# The bounds of workers come from user data (micado render): change them there.\n';
const POOL = 'workers:\n  - name: worker\n    infra: micado_worker_infra\n    min: 2\n    max: 7\n';

function textOf(source: string): string {
  const rendered = renderPolicy(BOUNDS, source);
  return rendered.ok ? rendered.text.replace(HEADER, '') : '';
}

describe('renderPolicy', () => {
  test.each(['', '# nothing\n', 'workers:\n', 'workers: []\n'])('adds the pool to %j', (source) => {
    expect(textOf(source).replace('# nothing\n\n', '')).toBe(POOL);
  });

  test('keeps what the person wrote, comments too', () => {
    const source = 'defaults: { scale: true } # all\n\n# ours\nservices:\n  web: { scaleup: 60 }\n';
    expect(textOf(source)).toBe(source + POOL);
  });

  test('gives the pool its bounds and leaves how it scales', () => {
    expect(textOf('workers:\n  - { name: worker, scaleup: 70 }\n')).toBe(
      'workers:\n  - { name: worker, scaleup: 70, infra: micado_worker_infra, min: 2, max: 7 }\n',
    );
  });

  test('says where bounds of the policy are replaced', () => {
    const { findings } = renderPolicy(BOUNDS, 'workers:\n  - min: 2\n    max: 9\n');
    expect(findings).toEqual([
      {
        severity: 'warning',
        place: { line: 3, column: 10 },
        message: 'max of the workers is 7, as user data says: this one is replaced',
      },
    ]);
  });

  test.each([
    ['a list', '- a\n', 'the policy must be a mapping'],
    ['workers that are no list', 'workers: { name: worker }\n', 'workers must be a list'],
    ['a pool that is no mapping', 'workers: [worker]\n', 'each of workers must be a mapping'],
    [
      'a pool of another name',
      'workers:\n  - name: gpu\n',
      'workers may hold the pool worker only: user data describes no other',
    ],
    [
      'two pools',
      'workers:\n  - name: worker\n  - name: gpu\n',
      'workers may hold the pool worker only: user data describes no other',
    ],
    [
      'what is no YAML',
      'a: [',
      'Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])('refuses %s', (_, source, message) => {
    const rendered = renderPolicy(BOUNDS, source);
    expect(rendered.ok).toBe(false);
    expect(rendered.findings.map((finding) => finding.message)).toEqual([message]);
  });

  test('refuses names that nobody replaced, as keys and as values, with all else that is wrong', () => {
    const source = `services:
  service_name1: { scaleup: 60 }
  web: { scaleup: 70 }
  web: { scaleup: 80 }
queries:
  load: sum(a < 5 and b > 3)
  queue: <your query>
workers: [YOUR_POOL]
`;
    const { ok, findings } = renderPolicy(BOUNDS, source);
    expect(ok).toBe(false);
    expect(renderFindings('p', findings)).toBe(
      `p:2:3: services.service_name1 still holds the placeholder service_name1
p:4:3: Map keys must be unique
p:7:10: queries.queue still holds the placeholder <your query>
p:8:1: each of workers must be a mapping
p:8:11: workers.0 still holds the placeholder YOUR_POOL
`,
    );
  });
});
