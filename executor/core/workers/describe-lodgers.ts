import type { Lodger } from './task-room.ts';

/** `3 of web, 1 of cache` */
export function describeLodgers(lodgers: readonly Lodger[]): string {
  const counts = new Map<string, number>();
  for (const { name } of lodgers) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} of ${name}`).join(', ');
}
