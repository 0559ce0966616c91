import type { KubeObject } from '../../api/kube-object.js';
import type { AnyResource } from '../define-resource.js';
import { resourceFor } from '../resources.js';

const kind = (plural: string): AnyResource => {
  const found = resourceFor({ group: 'admissionregistration.k8s.io', version: 'v1', plural });
  if (!found) throw new Error(plural);
  return found;
};
const defaulted = (plural: string, body: object): KubeObject => {
  const object = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'X', metadata: { name: 'a' }, ...body };
  kind(plural).defaults?.(object);
  return object;
};

const webhook = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
  rules: [{ scope: '*' }],
  clientConfig: { service: { port: 443 } },
};
test.each([
  ['validatingwebhookconfigurations', webhook],
  ['mutatingwebhookconfigurations', { ...webhook, reinvocationPolicy: 'Never' }],
])('%s: what a webhook does not say has a default', (plural, expected) =>
  expect(defaulted(plural, { webhooks: [{ rules: [{}], clientConfig: { service: {} } }] })).toMatchObject({
    webhooks: [expected],
  }),
);

const match = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, resourceRules: [{ scope: '*' }] };
test.each([
  ['validatingadmissionpolicies', 'matchConstraints', { failurePolicy: 'Fail', matchConstraints: match }],
  ['mutatingadmissionpolicies', 'matchConstraints', { failurePolicy: 'Fail', matchConstraints: match }],
  ['validatingadmissionpolicybindings', 'matchResources', { matchResources: match }],
  ['mutatingadmissionpolicybindings', 'matchResources', { matchResources: match }],
])('%s: what a policy does not say has a default', (plural, field, expected) =>
  expect(defaulted(plural, { spec: { [field]: { resourceRules: [{}] } } })).toMatchObject({ spec: expected }),
);

test.each<[object, string]>([
  [{}, '<unset>'],
  [{ paramRef: { name: 'p' } }, '*/p'],
  [{ paramRef: { name: 'p', namespace: 'n' } }, 'n/p'],
  [{ paramRef: { selector: { matchLabels: { a: 'b' } } } }, 'a=b'],
])('a binding shows the parameters of %p', (spec, expected) =>
  expect(
    kind('validatingadmissionpolicybindings').columns[2]?.value(
      defaulted('validatingadmissionpolicybindings', { spec }),
      new Date(0),
    ),
  ).toBe(expected),
);
