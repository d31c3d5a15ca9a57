/** A stack file on disk, with the line of everything in it. */
import { readFile } from 'node:fs/promises';
import { isScalar, visit } from 'yaml';
import { AppError, describeError } from '../../internal/daemon/app-error.ts';
import { interpolate } from '../core/interpolate.ts';
import type { Problem } from '../core/problem.ts';
import type { ServiceFacts } from '../core/service-facts.ts';
import { parseStackService } from '../core/stack-service.ts';
import { type PlacedYaml, parsePlacedYaml } from './yaml-places.ts';

export type StackFile = {
  readonly services: readonly ServiceFacts[];
  /** What keeps a service, or the whole file, from being read as it was meant. */
  readonly problems: readonly { readonly line: number; readonly problem: Problem }[];
  /** The line of a label of a service, or else of the service. */
  lineOf(service: string, label: string): number;
};

export type StackFileOptions = {
  readonly path: string;
  /** Empty: services have the names that they have in the file. */
  readonly stackName: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Throws `AppError` invalid where the file cannot be read. */
export async function readStackFile({ path, stackName, env }: StackFileOptions): Promise<StackFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new AppError('invalid', `stack file ${path}: ${describeError(error)}`);
  });
  const yaml = parsePlacedYaml(text);
  const problems = [
    ...yaml.errors.map(({ line, message }) => ({ line, problem: aProblem(path, message) })),
    ...fillVariables(yaml, env),
  ];
  const prefix = stackName === '' ? '' : `${stackName}_`;
  const services: ServiceFacts[] = [];
  if (yaml.errors.length === 0)
    for (const [key, json] of servicesOf(yaml, problems)) {
      const parsed = parseStackService(prefix + key, json);
      if (parsed.ok) services.push(parsed.service);
      else
        problems.push(
          ...parsed.problems.map(({ path: inService, message }) => {
            const where = ['services', key, ...inService];
            return { line: yaml.lineOf(where), problem: aProblem(where.join('.'), message) };
          }),
        );
    }
  return {
    services,
    problems,
    lineOf: (service, label) =>
      yaml.lineOf(['services', service.slice(prefix.length), 'deploy', 'labels', label]),
  };
}

function servicesOf(
  { document }: PlacedYaml,
  problems: StackFile['problems'][number][],
): readonly (readonly [string, unknown])[] {
  const all: unknown = document.toJS();
  const services = typeof all === 'object' && all !== null && 'services' in all ? all.services : undefined;
  if (typeof services === 'object' && services !== null && !Array.isArray(services))
    return Object.entries(services);
  problems.push({ line: 1, problem: aProblem('services', 'must be a mapping of services') });
  return [];
}

/** In values only, and in place, so that a line stays the line of the file. */
function fillVariables(
  { document, lineOfNode }: PlacedYaml,
  env: StackFileOptions['env'],
): StackFile['problems'][number][] {
  const problems: StackFile['problems'][number][] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
      const { text, missing } = interpolate(node.value, env);
      node.value = text;
      for (const name of missing)
        problems.push({
          line: lineOfNode(node),
          problem: {
            severity: 'warning',
            where: `$${name}`,
            value: '',
            message: 'is not set, and Docker would put nothing in its place',
            cure: 'set it, or write $$ where a dollar sign is meant',
          },
        });
    },
  });
  return problems;
}

function aProblem(where: string, message: string): Problem {
  return { severity: 'error', where, value: '', message, cure: 'correct the stack file' };
}
