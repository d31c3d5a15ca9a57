/** What the fake engine says of its containers: lists, figures, and everything that happens. */
import type { ServerResponse } from 'node:http';
import type { EngineCall } from './docker-engine-server.ts';
import type { DockerEngineState, EngineEvent } from './docker-engine-state.ts';

export function listContainers(state: DockerEngineState, all: boolean) {
  return [...state.containers.values()]
    .filter(({ State }) => all || State.Running)
    .map(({ Id, Name, Config, State, Created }) => ({
      Id,
      Names: [Name],
      Image: Config.Image,
      Labels: Config.Labels,
      State: State.Status,
      Created: Math.floor(Date.parse(Created) / 1000),
    }));
}

export function filtersOf(call: EngineCall): Readonly<Record<string, readonly string[]>> {
  const given: unknown = JSON.parse(call.query['filters'] ?? '{}');
  const entries = Object.entries(given as Record<string, readonly string[] | Record<string, boolean>>);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Array.isArray(value) ? value : Object.keys(value)]),
  );
}

/** An answer that goes on for as long as the client wants it; undefined for a call that has an ordinary one. */
export function endlessAnswer(
  state: DockerEngineState,
  call: EngineCall,
): ((response: ServerResponse) => void) | undefined {
  if (call.path === '/events') return (response) => streamEvents(state, call, response);
  const id = /^\/containers\/(\w+)\/stats$/.exec(call.path)?.[1] ?? '';
  if (call.query['stream'] !== 'true' || !state.containers.has(id)) return undefined;
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const send = (): void => void response.write(`${JSON.stringify(state.stats.get(id) ?? {})}\n`);
    send();
    response.on('close', state.onStats(id, send));
  };
}

/** Events since the given time, then each new one, until the client goes. */
function streamEvents(state: DockerEngineState, call: EngineCall, response: ServerResponse): void {
  const { type, event: actions } = filtersOf(call);
  const since = call.query['since'];
  const [seconds = '0', fraction = '0'] = (since ?? '').split('.');
  const sinceNano = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  const send = (event: EngineEvent): void => {
    if (type !== undefined && !type.includes(event.type)) return;
    if (actions !== undefined && !wantsAction(actions, event.action)) return;
    response.write(eventLine(event));
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (since !== undefined) state.events.filter(({ timeNano }) => timeNano >= sinceNano).forEach(send);
  response.on('close', state.listen(send));
}

/** Docker compares whole words, unless one of them is `health_status`: then the beginnings of all. */
function wantsAction(actions: readonly string[], action: string): boolean {
  return actions.includes('health_status')
    ? actions.some((start) => action.startsWith(start))
    : actions.includes(action);
}

function eventLine({ type, action, id, attributes, timeNano }: EngineEvent): string {
  const json = JSON.stringify({ Type: type, Action: action, Actor: { ID: id, Attributes: attributes } });
  return `${json.slice(0, -1)},"time":${timeNano / 1_000_000_000n},"timeNano":${timeNano}}\n`;
}
