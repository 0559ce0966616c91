import { FieldPath } from '../../../api/field-path.js';
import type { DaemonSet } from '../../../api/generated/types.js';
import { daemonSet } from './daemon-set.resource.js';

const context = { now: new Date(0), newUid: () => 'u' };
const generation = 'deprecated.daemonset.template.generation';

const setOf = (spec: object = {}, image = 'i:1'): DaemonSet => {
  const set = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image }] } },
      ...spec,
    },
  } as unknown as DaemonSet;
  daemonSet.defaults?.(set);
  return set;
};

test('a rolling update takes one pod away at a time', () =>
  expect(setOf().spec?.updateStrategy).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
  }));

const rolling = (rollingUpdate: object): object => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
test.each<[string, object, string[]]>([
  ['nothing is wrong', {}, []],
  [
    'a strategy nobody knows',
    { updateStrategy: { type: 'Odd' } },
    ['spec.updateStrategy: Unsupported value: {"type":"Odd"}: supported values: "OnDelete", "RollingUpdate"'],
  ],
  [
    'both one more and one less',
    rolling({ maxSurge: 1 }),
    ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
  ],
  [
    'neither one more nor one less',
    rolling({ maxUnavailable: 0 }),
    ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
  ],
  [
    'more than all',
    rolling({ maxUnavailable: '110%' }),
    ['spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "110%": must not be greater than 100%'],
  ],
  [
    'a selector of other pods',
    { selector: { matchLabels: { app: 'other' } } },
    ['spec.template.metadata.labels: Invalid value: {"app":"agent"}: `selector` does not match template `labels`'],
  ],
])('%s', (_, spec, expected) =>
  expect(
    daemonSet.validate?.(setOf(spec), FieldPath.root, context).map(({ field, message }) => `${field}: ${message}`),
  ).toEqual(expected),
);

describe('the generation of the template', () => {
  const created = daemonSet.strategy?.prepareForCreate?.(setOf(), context) ?? setOf();
  const updated = (next: DaemonSet): string | undefined =>
    daemonSet.strategy?.prepareForUpdate?.(next, created, context).metadata.annotations?.[generation];

  it('begins at 1', () => expect(created.metadata.annotations).toEqual({ [generation]: '1' }));
  it('stays while the template does', () => expect(updated(setOf({ minReadySeconds: 5 }))).toBe('1'));
  it('counts new templates', () => expect(updated(setOf({}, 'i:2'))).toBe('2'));
});
