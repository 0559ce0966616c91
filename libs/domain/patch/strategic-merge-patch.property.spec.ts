import fc from 'fast-check';
import { deepEqual } from '../api/deep-equal.js';
import { deploymentSchema } from './fixtures/schemas.js';
import { applyStrategicMergePatch } from './strategic-merge-patch.js';

interface Item {
  name: string;
  image?: string;
  args?: string[];
}

const item = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    image: fc.constantFrom('1', '2'),
    args: fc.array(fc.constantFrom('x', 'y')),
  },
  { requiredKeys: ['name'] },
);
const containers = fc.uniqueArray(item, { selector: ({ name }) => name });
const deployment = (list: Item[], labels: Record<string, string>) => ({
  metadata: { labels },
  spec: { template: { spec: { containers: list } } },
});

/** What kubectl sends to turn one map into another. */
const mapDiff = (from: object, to: object): Record<string, unknown> => ({
  ...Object.fromEntries(
    Object.keys(from)
      .filter((key) => !(key in to))
      .map((key) => [key, null]),
  ),
  ...Object.fromEntries(
    Object.entries(to).filter(([key, value]) => !deepEqual((from as Record<string, unknown>)[key], value)),
  ),
});

/** And one list of containers into another: changes by name, deletions, and the order. */
const listDiff = (from: Item[], to: Item[]) => ({
  '$setElementOrder/containers': to.map(({ name }) => ({ name })),
  containers: [
    ...to.flatMap((wanted) => {
      const diff = mapDiff(from.find(({ name }) => name === wanted.name) ?? {}, wanted);
      return Object.keys(diff).length === 0 ? [] : [{ ...diff, name: wanted.name }];
    }),
    ...from
      .filter(({ name }) => !to.some((kept) => kept.name === name))
      .map(({ name }) => ({ name, $patch: 'delete' })),
  ],
});

const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));

it('a patch made from two states turns the one into the other, also when sent twice (property)', () => {
  fc.assert(
    fc.property(containers, containers, labels, labels, (from, to, fromLabels, toLabels) => {
      const patch = {
        metadata: { labels: mapDiff(fromLabels, toLabels) },
        spec: { template: { spec: listDiff(from as Item[], to as Item[]) } },
      };
      const once = applyStrategicMergePatch(deploymentSchema, deployment(from as Item[], fromLabels), patch);
      expect(once).toEqual(deployment(to as Item[], toLabels));
      expect(applyStrategicMergePatch(deploymentSchema, once, patch)).toEqual(once);
    }),
  );
});
