import type { ProcessSpec } from './process-spec.js';

/**
 * The processes in groups: each group needs only the groups before it. Stopping goes through them backwards. Pure.
 * @throws when a process waits for one that does not exist, or for itself through others.
 */
export function startOrder<T extends Pick<ProcessSpec, 'name' | 'after'>>(specs: readonly T[]): T[][] {
  const names = new Set(specs.map(({ name }) => name));
  for (const { name, after } of specs)
    for (const needed of after)
      if (!names.has(needed)) throw new Error(`${name} starts after ${needed}, which is not there`);
  const groups: T[][] = [];
  const placed = new Set<string>();
  while (placed.size < specs.length) {
    const group = specs.filter(({ name, after }) => !placed.has(name) && after.every((needed) => placed.has(needed)));
    if (group.length === 0)
      throw new Error(
        `these wait for each other: ${specs
          .filter(({ name }) => !placed.has(name))
          .map(({ name }) => name)
          .join(', ')}`,
      );
    groups.push(group);
    for (const { name } of group) placed.add(name);
  }
  return groups;
}
