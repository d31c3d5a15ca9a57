/** Prepares the clone as `micado` does (packages, `dist/`), then fuzzes in this same process. */
import { prepare } from '../../deploy/launcher/prepare.mjs';

try {
  await prepare(new URL('../..', import.meta.url));
  await import('../../dist/test/fuzz/main.js');
} catch (error) {
  console.error(error.name === 'PrepareError' ? `fuzz: ${error.message}` : error);
  process.exitCode = 1;
}
