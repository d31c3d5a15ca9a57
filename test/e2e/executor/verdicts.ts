/** What a running executor says of itself and of the service web. */
import { eventually } from '../../eventually.ts';
import type { RunningExecutor } from './start-executor.ts';

export const lastVerdict = async (executor: RunningExecutor) =>
  (await executor.decisions('docker/web')).at(-1);

export const verdict = (executor: RunningExecutor, reason: string) =>
  eventually(`the verdict is ${reason}`, async () => (await lastVerdict(executor))?.reason === reason);

export const ready = async (executor: RunningExecutor) => {
  const answer = await executor.get('/-/ready');
  const { reasons } = (await answer.json()) as { reasons: string[] };
  return { status: answer.status, reasons: reasons.join('; ') };
};
