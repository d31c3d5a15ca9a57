/** What in Prometheus' own flags makes the loop slow or blind, each with the flag that cures it. */
import { parseDurationMs } from '../../internal/contract/duration.ts';

/** For up to 5 s after a reload Prometheus drops alerts, and sends them again only after this delay. */
const LONGEST_RESEND_DELAY_MS = 10_000;

export function judgeServerFlags(flags: ReadonlyMap<string, string>): readonly string[] {
  const warnings: string[] = [];
  const resendDelay = flags.get('rules.alert.resend-delay') ?? '';
  if ((parseDurationMs(resendDelay) ?? 0) > LONGEST_RESEND_DELAY_MS)
    warnings.push(
      `an alert that falls into a reload comes ${resendDelay} late: run Prometheus with --rules.alert.resend-delay of about its evaluation interval, such as 2s`,
    );
  if (flags.get('web.enable-lifecycle') === 'false')
    warnings.push('rules cannot be reloaded: run Prometheus with --web.enable-lifecycle');
  return warnings;
}
