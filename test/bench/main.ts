/** `npm run bench -- <name>`. */
import { benches } from './bench-list.ts';
import { runBench } from './run-bench.ts';

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());
process.once('SIGTERM', () => interruption.abort());

process.exitCode = await runBench(
  benches,
  {
    argv: process.argv.slice(2),
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  },
  interruption.signal,
);
