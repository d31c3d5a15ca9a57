/** The socket proxy lets pass what the READMEs list, and nothing else. That HAProxy does so: test/real/docker/stack. */
import { describe, expect, test } from '@jest/globals';
import { readText } from './compose-files.ts';

type Call = { readonly method: string; readonly path: string };

const frontends = new Map(
  readText('docker/config/socket-proxy.cfg')
    .split(/^(?=frontend |backend )/m)
    .filter((section) => section.startsWith('frontend '))
    .map((section) => [/^frontend (\w+)/.exec(section)?.[1] ?? '', section]),
);

const METHODS: Readonly<Record<string, string>> = { METH_GET: 'GET', METH_POST: 'POST', removes: 'DELETE' };

/** By the lines `use_backend engine if <method> <path>` of the part's frontend. */
function letsPass(part: string, { method, path }: Call): boolean {
  const section = frontends.get(part) ?? '';
  const paths = new Map(
    [...section.matchAll(/^ +acl (\w+) path_reg (\S+)$/gm)].map(([, name = '', pattern = '']) => [
      name,
      pattern,
    ]),
  );
  return [...section.matchAll(/^ +use_backend engine if (\w+) (\w+)$/gm)].some(
    ([, methodName = '', pathName = '']) =>
      METHODS[methodName] === method && new RegExp(paths.get(pathName) ?? '^$').test(path),
  );
}

const aCall = (text: string): Call => {
  const [method = '', path = ''] = text.split(' ');
  return { method, path: path.replace(/\{id\}|<id>/, 'a1b2c3') };
};

const sectionOf = (part: string, from: string, to: string): string => {
  const readme = readText(`${part}/README.md`);
  return readme.slice(readme.indexOf(from), readme.indexOf(to, readme.indexOf(from)));
};
const quoted = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** What the README of each part says that it calls. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  executor: quoted(sectionOf('executor', '### Docker endpoints', '## Configuration'), /^\| `([A-Z]+ \S+)`/gm),
  exporter: quoted(sectionOf('exporter', '- Docker, by these calls', '\n- '), /`(\/[^`]+)`/g).map(
    (path) => `GET ${path}`,
  ),
  rulegen: quoted(sectionOf('rulegen', '- Docker: `GET /events`', '\n- '), /`(?:GET )?(\/[^`]+)`/g)
    .filter((path) => path !== '/sd')
    .map((path) => `GET ${path}`),
};

/** They would hand over the machine, the Swarm or its secrets. */
const NEVER = [
  'GET /swarm',
  'GET /secrets',
  'GET /services/../secrets',
  'GET //secrets',
  'POST /services/create',
  'POST /services/{id}/update/x',
  'PUT /services/{id}/update',
  'DELETE /services/{id}',
  'POST /swarm/leave',
  'POST /containers/create',
  'POST /containers/{id}/exec',
  'GET /containers/{id}/archive',
];

describe.each(['executor', 'exporter', 'rulegen'])('for %s', (part) => {
  const calls = CALLS[part] ?? [];

  test('each call that its README lists passes, with and without a version', () => {
    expect(calls.length).toBeGreaterThan(3);
    for (const call of calls.map(aCall)) {
      expect([call, letsPass(part, call)]).toEqual([call, true]);
      expect(letsPass(part, { ...call, path: `/v1.41${call.path}` })).toBe(true);
    }
  });

  test('nothing passes that it does not list', () => {
    const others = Object.values(CALLS)
      .flat()
      .filter((call) => !calls.includes(call));
    expect([...others, ...NEVER].filter((call) => letsPass(part, aCall(call)))).toEqual([]);
  });
});
