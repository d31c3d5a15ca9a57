/** The cluster tests' workers bear the labels that workers with the rendered cloud-init do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { z } from 'zod';
import { labelsOfWorker } from '../../cluster/cloud/worker-steps.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';

const cloudInit = z.object({ write_files: z.array(z.object({ path: z.string(), content: z.string() })) });
const engineConfig = z.object({ labels: z.array(z.string()) });

const textOf = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');

/** What the worker's engine is started with, of which its master makes node labels. */
function renderedLabels(): Readonly<Record<string, string | undefined>> {
  const rendered = cloudInit.parse(load(textOf('test/golden/deploy/ec2/out/worker-cloud-init.yaml')));
  const daemon = rendered.write_files.find(({ path }) => path === '/etc/docker/daemon.json');
  const { labels } = engineConfig.parse(JSON.parse(daemon?.content ?? '{}'));
  return Object.fromEntries(
    labels.map((label) => {
      const [name = '', value] = label.split('=');
      return [name, value];
    }),
  );
}

test('the engines of the cluster tests are labelled as rendered workers are', () => {
  expect(labelsOfWorker({ pool: 'worker', vmId: '{{ node_id }}' })).toEqual(renderedLabels());
});

test('the master hands on every label that the worker’s engine was started with, and no other', () => {
  const handedOn = [...textOf('templates/cloud/micado-label-nodes.sh').matchAll(/--label-add "([^=]+)=/g)];
  expect(new Set(handedOn.map(([, label]) => label))).toEqual(new Set(Object.keys(renderedLabels())));
});
