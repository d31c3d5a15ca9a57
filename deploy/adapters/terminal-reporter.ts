/** Steps as lines: `  ok  Swarm     made on 127.0.0.1 (0.4 s)`. The same on a terminal and in a log file: nothing is redrawn. */
import type { Progress, Reporter, StepResult } from '../ports.ts';

/** A step that is over sooner says only its result. */
const QUIET_MS = 700;
const NAME_WIDTH = 10;

export function createTerminalReporter(write: (text: string) => void): Reporter {
  return {
    say: (line) => write(`${line}\n`),
    step: (name, work) => reportStep(write, name, work),
  };
}

async function reportStep<T>(
  write: (text: string) => void,
  name: string,
  work: (progress: Progress) => Promise<StepResult<T>>,
): Promise<T> {
  const startMs = performance.now();
  let said = '';
  let pending: NodeJS.Timeout | undefined;
  const progress: Progress = (detail) => {
    if (detail === said) return;
    said = detail;
    clearTimeout(pending);
    pending = setTimeout(() => write(`  ..  ${name.padEnd(NAME_WIDTH)} ${detail}\n`), QUIET_MS);
  };
  try {
    const { value, done } = await work(progress);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    write(`  ok  ${name.padEnd(NAME_WIDTH)} ${done} (${seconds} s)\n`);
    return value;
  } finally {
    clearTimeout(pending);
  }
}
