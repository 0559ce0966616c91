import { FieldPath } from '../../api/field-path.js';
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/generated/types.js';
import { flowSchema } from './flow-schema/flow-schema.resource.js';
import { validateFlowSchema } from './flow-schema/flow-schema.validation.js';
import { mandatoryFlowSchemaSpecs, mandatoryPriorityLevelSpecs } from './mandatory-specs.js';
import { priorityLevelConfiguration } from './priority-level-configuration/priority-level-configuration.resource.js';
import { validatePriorityLevel } from './priority-level-configuration/priority-level-configuration.validation.js';

const rule = {
  subjects: [{ kind: 'User', user: { name: 'u' } }],
  resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['n'] }],
};
const schema = (spec: object, name = 'a'): FlowSchema =>
  ({
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name },
    spec: { priorityLevelConfiguration: { name: 'system' }, matchingPrecedence: 7, rules: [rule], ...spec },
  }) as FlowSchema;
const ruleWith = (change: object): object => ({ rules: [{ ...rule, ...change }] });
const resourceRuleWith = (change: object): object =>
  ruleWith({ resourceRules: [{ ...rule.resourceRules[0], ...change }] });
const level = (
  limited: object | undefined,
  name = 'a',
  spec: object = { type: 'Limited' },
): PriorityLevelConfiguration =>
  ({
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: { name },
    spec: { ...spec, ...(limited ? { limited } : {}) },
  }) as PriorityLevelConfiguration;
const fields = (errors: readonly { field: string }[]): string[] => errors.map(({ field }) => field);

describe('FlowSchema', () => {
  test.each<[string, FlowSchema, string[]]>([
    ['a sound one', schema({}), []],
    [
      'no spec',
      { ...schema({}), spec: undefined } as never,
      ['spec.matchingPrecedence', 'spec.priorityLevelConfiguration.name'],
    ],
    ['precedence of the exempt schema', schema({ matchingPrecedence: 1 }), ['spec.matchingPrecedence']],
    ['precedence beyond the last', schema({ matchingPrecedence: 10001 }), ['spec.matchingPrecedence']],
    ['an unknown distinguisher', schema({ distinguisherMethod: { type: 'ByHat' } }), ['spec.distinguisherMethod.type']],
    ['an empty rule', schema({ rules: [{}] }), ['spec.rules[0].subjects', 'spec.rules[0]']],
    ['a subject of no kind', schema(ruleWith({ subjects: [{ kind: 'Robot' }] })), ['spec.rules[0].subjects[0].kind']],
    [
      'a user that is a group too',
      schema(ruleWith({ subjects: [{ kind: 'User', user: { name: 'a' }, group: { name: 'b' } }] })),
      ['spec.rules[0].subjects[0].group'],
    ],
    [
      'a service account of nowhere',
      schema(ruleWith({ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: '' } }] })),
      ['spec.rules[0].subjects[0].serviceAccount.namespace'],
    ],
    [
      'a wildcard in company',
      schema(resourceRuleWith({ verbs: ['*', 'get'] })),
      ['spec.rules[0].resourceRules[0].verbs'],
    ],
    ['no place at all', schema(resourceRuleWith({ namespaces: [] })), ['spec.rules[0].resourceRules[0].namespaces']],
    [
      'paths that are none',
      schema(ruleWith({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['x', '/a*', '/b/*', '//c'] }] })),
      [0, 1, 3].map((i) => `spec.rules[0].nonResourceRules[0].nonResourceURLs[${i}]`),
    ],
    [
      'a change of what is fixed',
      schema({ ...mandatoryFlowSchemaSpecs['catch-all'], matchingPrecedence: 9 }, 'catch-all'),
      ['spec'],
    ],
    ['what is fixed', schema(mandatoryFlowSchemaSpecs['exempt'] ?? {}, 'exempt'), []],
  ])('%s', (_, given, expected) => expect(fields(validateFlowSchema(given, FieldPath.root))).toEqual(expected));

  test('stands in the middle unless it says where', () => {
    const given = schema({ matchingPrecedence: 0 });
    flowSchema.defaults?.(given);
    expect(given.spec.matchingPrecedence).toBe(1000);
  });
});

describe('PriorityLevelConfiguration', () => {
  const reject = { limitResponse: { type: 'Reject' }, nominalConcurrencyShares: 1 };
  const queue = (queuing: object): object => ({
    limitResponse: { type: 'Queue', queuing },
    nominalConcurrencyShares: 1,
  });
  const hand = 'spec.limited.limitResponse.queuing.handSize';
  test.each<[string, PriorityLevelConfiguration, string[]]>([
    ['a sound one', level(reject), []],
    ['one that queues', level(queue({ queues: 64, handSize: 8, queueLengthLimit: 50 })), []],
    ['no limits', level(undefined), ['spec.limited']],
    ['another exempt level', level(undefined, 'a', { type: 'Exempt' }), ['spec.type']],
    ['limits of the exempt level', level(reject, 'exempt', { type: 'Exempt' }), ['spec.limited', 'spec']],
    [
      'shares below nothing',
      level({ ...reject, nominalConcurrencyShares: -1 }),
      ['spec.limited.nominalConcurrencyShares'],
    ],
    ['lending more than all', level({ ...reject, lendablePercent: 101 }), ['spec.limited.lendablePercent']],
    [
      'queues while rejecting',
      level({ limitResponse: { type: 'Reject', queuing: {} } }),
      ['spec.limited.limitResponse.queuing'],
    ],
    ['a hand bigger than the deck', level(queue({ queues: 2, handSize: 3, queueLengthLimit: 1 })), [hand]],
    ['a hand that a hash cannot deal', level(queue({ queues: 1024, handSize: 7, queueLengthLimit: 1 })), [hand]],
    ['what is fixed', level(mandatoryPriorityLevelSpecs['catch-all']?.limited, 'catch-all'), []],
    ['a change of what is fixed', level({ ...reject, nominalConcurrencyShares: 6 }, 'catch-all'), ['spec']],
    [
      'shares of the exempt level',
      level(undefined, 'exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 9 } }),
      [],
    ],
  ])('%s', (_, given, expected) => expect(fields(validatePriorityLevel(given, FieldPath.root))).toEqual(expected));

  test('has queues of the usual size unless it says how many', () => {
    const given = level({ limitResponse: { type: 'Queue', queuing: { queues: 0 } } });
    priorityLevelConfiguration.defaults?.(given);
    expect(given.spec.limited).toEqual({
      limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
      nominalConcurrencyShares: 30,
      lendablePercent: 0,
    });
  });
});
