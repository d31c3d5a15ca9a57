/** `npm run fuzz -- executor [--duration=1h] [--seed=<n>]`. */
import { describeError } from '../../internal/daemon/app-error.ts';
import { durationFlag, integerFlag } from '../../internal/daemon/flag-kinds.ts';
import { parseFlags, renderHelp } from '../../internal/daemon/flags.ts';
import { EXIT } from '../../internal/daemon/program.ts';
import { fuzzWebhook } from './fuzz-webhook.ts';

const flags = {
  duration: durationFlag({ help: 'How long to go on.', fallback: 60_000, minMs: 1_000 }),
  seed: integerFlag({ help: 'The one that a failure names plays it again.', fallback: 0, min: 0 }),
} as const;

const TITLE = 'npm run fuzz -- executor';

process.exitCode = await run(process.argv.slice(2));

async function run([name = '--help', ...argv]: readonly string[]): Promise<number> {
  if (name !== 'executor') {
    process.stdout.write(renderHelp(TITLE, 'sends the webhook what nobody should', flags));
    return name === '--help' ? EXIT.ok : EXIT.wrongFlags;
  }
  const parsed = parseFlags(flags, argv, process.env);
  if (parsed.kind !== 'run') {
    const problems = parsed.kind === 'problems' ? parsed.problems : [];
    for (const problem of problems) process.stderr.write(`fuzz: ${problem}\n`);
    process.stdout.write(renderHelp(TITLE, 'sends the webhook what nobody should', flags));
    return problems.length === 0 ? EXIT.ok : EXIT.wrongFlags;
  }
  const { duration: durationMs, seed } = parsed.values;
  try {
    const outcome = await fuzzWebhook({ durationMs, ...(seed === 0 ? {} : { seed }) });
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    return EXIT.ok;
  } catch (error) {
    process.stderr.write(`fuzz: ${describeError(error)}\n`);
    return EXIT.failed;
  }
}
