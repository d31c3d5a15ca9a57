/**
 * Worker VMs through Occopus, 1.5 and 1.10. Its requests are increments that are enforced later, so none is sent before
 * the report says that the one before it has been enforced, and a start and a stop never meet in one of its passes: it
 * would count the stop twice.
 */
import { AppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import type { NodeProvider, PoolId, PoolReport, ProviderVm } from '../ports.ts';
import {
  createOccopusApi,
  type OccopusInstance,
  type OccopusReply,
  type OccopusReport,
} from './occopus-api.ts';
import { createOccopusReports } from './occopus-reports.ts';

export type OccopusNodeProviderOptions = {
  readonly url: string;
  readonly clock: Clock;
  /** Ends what is under way when the process ends. */
  readonly signal?: AbortSignal | undefined;
};

const SCALE_TIMEOUT_MS = 10_000;
const ATTACH_TIMEOUT_MS = 60_000;
/** It waits for a pass to end, and may have to kill it. */
const DETACH_TIMEOUT_MS = 180_000;
/** Two passes, each 10 s after the other. */
const APART_MS = 20_000;

/** How 1.5 answers where there is no such route. */
const MISSING_ROUTE: ReadonlySet<number> = new Set([404, 405, 500]);

/** What was asked of a pool by this process. The report does not tell which VM is about to be stopped. */
type Asked = { startsAtMs: number; stopsAtMs: number; readonly removals: Set<string> };

export function createOccopusNodeProvider(options: OccopusNodeProviderOptions): NodeProvider {
  const { clock } = options;
  const api = createOccopusApi(options);
  const reports = createOccopusReports(api.readReport, clock);
  const askedOf = new Map<string, Asked>();
  const createdAtMs = clock.now();
  let hasScaleTo: boolean | undefined;

  const asked = ({ infraId, node }: PoolId): Asked => {
    const key = JSON.stringify([infraId, node]);
    const known = askedOf.get(key) ?? { startsAtMs: -APART_MS, stopsAtMs: -APART_MS, removals: new Set() };
    askedOf.set(key, known);
    return known;
  };
  const read = async (pool: PoolId): Promise<PoolReport> =>
    toPoolReport((await reports.read(pool.infraId))[pool.node], asked(pool).removals);
  const send = async ({ infraId }: PoolId, action: readonly (string | number)[]): Promise<OccopusReply> => {
    try {
      return await api.post(infraId, action, SCALE_TIMEOUT_MS);
    } finally {
      reports.forget(infraId);
    }
  };

  /** True when it was done; false where the route is missing, as in 1.5. */
  const scaleToExactly = async (pool: PoolId, count: number, now: PoolReport): Promise<boolean> => {
    if (hasScaleTo === false) return false;
    const reply = await send(pool, ['scaleto', pool.node, count]);
    if (reply.kind === 'unexpected' && hasScaleTo === undefined && MISSING_ROUTE.has(reply.status)) {
      // A server that answers reads and took nothing lacks the route; any other failure is one.
      const { target } = await read(pool);
      if (target !== now.target) return true;
      hasScaleTo = false;
      return false;
    }
    accept(reply);
    hasScaleTo = true;
    return true;
  };

  /** In 1.5: a stop of any VM, of which none is stopped as long as fewer are there than wanted. */
  const takeBack = async (pool: PoolId, count: number, now: PoolReport): Promise<void> => {
    if (now.target - count < now.vms.length)
      throw new AppError('invalid', 'Occopus 1.5 would choose the VM to stop: it has to be named');
    // The process before this one may have asked for them just now.
    requireApart(clock, Math.max(asked(pool).startsAtMs, createdAtMs), 'VMs were asked for');
    asked(pool).stopsAtMs = clock.now();
    for (let rest = count; rest > 0; rest -= 1) accept(await send(pool, ['scaledown', pool.node]));
  };

  return {
    name: 'occopus',
    read,
    async scaleTo(pool, count, seen) {
      const now = await read(pool);
      if (now.target !== seen.target) throw busy(`the target became ${now.target} meanwhile`);
      if (count === now.target) return;
      const own = asked(pool);
      if (count > now.target) {
        if (now.target < now.vms.length) throw busy('a VM is being stopped');
        requireApart(clock, own.stopsAtMs, 'a VM was stopped');
        own.startsAtMs = clock.now();
      }
      if (await scaleToExactly(pool, count, now)) return;
      if (count > now.target) accept(await send(pool, ['scaleup', pool.node, count - now.target]));
      else await takeBack(pool, now.target - count, now);
    },
    async remove(pool, vmId) {
      const now = await read(pool);
      const vm = now.vms.find(({ id }) => id === vmId);
      if (vm === undefined || vm.state === 'stopping') return;
      const own = asked(pool);
      // A stop is queued already. After a restart it is most likely this VM's; if not, the VM is there after the pass.
      if (now.target < now.vms.length) return;
      if (now.target > now.vms.length) throw busy('VMs are being started');
      if (now.min !== undefined && now.target <= now.min)
        throw new AppError(
          'invalid',
          `the pool is at Occopus' minimum of ${now.min}: it would drop the request`,
        );
      requireApart(clock, own.startsAtMs, 'VMs were started');
      own.stopsAtMs = clock.now();
      try {
        accept(await send(pool, ['scaledown', pool.node, vmId]));
      } finally {
        // A lost answer may hide a request that was taken; if it was not, the report shows no stop, and the mark goes.
        own.removals.add(vmId);
      }
    },
    async maintain({ infraId }, stuck) {
      if (stuck) accept(await api.post(infraId, ['detach'], DETACH_TIMEOUT_MS), 'not maintained');
      accept(await api.post(infraId, ['attach'], ATTACH_TIMEOUT_MS), 'already being maintained');
      reports.forget(infraId);
    },
  };
}

/** @param fine a refusal in these words says that it is done already. */
function accept(reply: OccopusReply, fine?: string): void {
  if (reply.kind === 'accepted' || (fine !== undefined && reply.error.message.includes(fine))) return;
  throw reply.error;
}

/** To be tried again after another look. */
const busy = (why: string): AppError =>
  new AppError('conflict', `Occopus cannot take the request yet: ${why}`);

function requireApart(clock: Clock, otherAtMs: number, what: string): void {
  const agoMs = clock.now() - otherAtMs;
  if (agoMs < APART_MS) throw busy(`${what} ${Math.round(agoMs / 1_000)} s ago, which is not yet settled`);
}

function toPoolReport(node: OccopusReport[string] | undefined, removals: Set<string>): PoolReport {
  // A node that is absent has no VM yet; Occopus never wants fewer than one.
  if (node === undefined) return { min: undefined, max: undefined, target: 1, vms: [] };
  const { min, max, target } = node.scaling;
  const instances = Object.entries(node.instances);
  const isStopping = target < instances.length;
  for (const id of removals) if (!isStopping || !(id in node.instances)) removals.delete(id);
  return { min, max, target, vms: instances.map(([id, one]) => toVm(id, one, removals.has(id))) };
}

function toVm(
  id: string,
  { resource_address: address, state }: OccopusInstance,
  isRemoved: boolean,
): ProviderVm {
  const list = typeof address === 'string' ? [address] : (address ?? []);
  const addresses = list.filter((one) => one !== '');
  const mapped = STATES.get(state) ?? 'booting';
  if (mapped === 'stopping' && addresses.length === 0) return { id, addresses, state: 'gone' };
  return { id, addresses, state: isRemoved ? 'stopping' : mapped };
}

const STATES: ReadonlyMap<string, ProviderVm['state']> = new Map([
  ['ready', 'ready'],
  ['pending', 'booting'],
  ['shutdown', 'stopping'],
  ['failed', 'failed'],
  ['temp_failed', 'failed'],
  ['unknown', 'booting'],
]);
