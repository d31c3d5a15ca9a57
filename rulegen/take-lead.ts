import type { Logger } from '../internal/daemon/logger.ts';
import { inFolder } from './apply-changes.ts';
import type { FolderLead } from './ports.ts';
import type { RulegenStatus } from './status.ts';

export type LeadOptions = {
  readonly lead: FolderLead;
  readonly status: RulegenStatus;
  readonly logger: Logger;
};

/** Two that write one folder, of different versions or policies, would undo each other's work for ever. */
export async function takeLead({ lead, status, logger }: LeadOptions): Promise<boolean> {
  const held = await inFolder(status, () => lead.hold());
  const ledBy = held.kind === 'led_by' ? held.who : undefined;
  if (ledBy !== undefined && status.ledBy === undefined)
    logger.error('another rulegen writes the rules folder', { leader: ledBy });
  if (ledBy === undefined && status.ledBy !== undefined)
    logger.info('this rulegen writes the rules folder now', { before: status.ledBy });
  status.ledBy = ledBy;
  status.leads = ledBy === undefined;
  return status.leads;
}
