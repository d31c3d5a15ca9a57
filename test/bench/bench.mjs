/** Prepares the clone as `micado` does (packages, `dist/`), then runs the benches in this same process. */
import { prepare } from '../../deploy/launcher/prepare.mjs';

try {
  await prepare(new URL('../..', import.meta.url));
  await import('../../dist/test/bench/main.js');
} catch (error) {
  console.error(error.name === 'PrepareError' ? `bench: ${error.message}` : error);
  process.exitCode = 1;
}
