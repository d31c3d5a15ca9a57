/** An image of the exporter, made of this machine's node and the bundle. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalImage } from '../../deploy/demo/local-image.ts';
import { PROJECT_ROOT } from '../cluster/project-root.ts';
import { nodeFiles } from './node-files.ts';

/** Built by `npm run build`, which comes before all tests. */
export const EXPORTER_BUNDLE = join(PROJECT_ROOT, 'dist/bin/micado-exporter.js');
const FOLDER = 'opt';

export async function exporterImage(): Promise<LocalImage> {
  await access(EXPORTER_BUNDLE);
  const { files, command } = await nodeFiles();
  const sources = { ...files, 'micado-exporter.js': EXPORTER_BUNDLE };
  return {
    name: 'micado-exporter',
    files: await Promise.all(
      Object.entries(sources).map(async ([path, source]) => ({
        kind: 'file' as const,
        path: `${FOLDER}/${path}`,
        mode: 0o755,
        content: await readFile(source),
      })),
    ),
    entrypoint: [...command(`/${FOLDER}`), `/${FOLDER}/micado-exporter.js`],
    command: [],
  };
}
