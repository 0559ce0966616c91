import {
  accessReviewErrors,
  askedAttributes,
  ignoredSelectors,
  reviewedUser,
  type AccessReview,
} from './access-attributes.js';

const review = (spec: AccessReview['spec'], metadata = {}): AccessReview => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  metadata,
  spec,
});
const pods = { verb: 'get', resource: 'pods', namespace: 'a' };
const other = { self: false, local: false };

test.each<[string, AccessReview, { self: boolean; local: boolean }, string[]]>([
  ['a question about a user', review({ user: 'jo', resourceAttributes: pods }), other, []],
  ['a question about a path', review({ groups: ['g'], nonResourceAttributes: { path: '/x' } }), other, []],
  ['a question about nobody', review({ resourceAttributes: pods }), other, ['spec.user']],
  ['a question about oneself', review({ resourceAttributes: pods }), { self: true, local: false }, []],
  ['no question', review({ user: 'jo' }), other, ['spec.resourceAttributes']],
  [
    'two questions',
    review({ user: 'jo', resourceAttributes: pods, nonResourceAttributes: {} }),
    other,
    ['spec.nonResourceAttributes'],
  ],
  ['a named review', review({ user: 'jo', resourceAttributes: pods }, { name: 'x' }), other, ['metadata']],
  ['a review with its managers', review({ user: 'jo', resourceAttributes: pods }, { managedFields: [] }), other, []],
  [
    'a local review',
    review({ user: 'jo', resourceAttributes: pods }, { namespace: 'a' }),
    { self: false, local: true },
    [],
  ],
  [
    'a local review of another namespace',
    review({ user: 'jo', resourceAttributes: pods }, { namespace: 'b' }),
    { self: false, local: true },
    ['spec.resourceAttributes.namespace'],
  ],
  [
    'a local review of a path',
    review({ user: 'jo', nonResourceAttributes: { path: '/' } }, { namespace: 'b' }),
    { self: false, local: true },
    ['spec.nonResourceAttributes'],
  ],
  [
    'a selector said twice',
    review({
      user: 'jo',
      resourceAttributes: {
        ...pods,
        labelSelector: { rawSelector: 'a', requirements: [{ key: 'a', operator: 'Exists' }] },
      },
    }),
    other,
    ['spec.resourceAttributes.labelSelector.rawSelector'],
  ],
  [
    'a selector not said',
    review({ user: 'jo', resourceAttributes: { ...pods, fieldSelector: {} } }),
    other,
    ['spec.resourceAttributes.fieldSelector.requirements'],
  ],
])('%s', (_, asked, kind, fields) => expect(accessReviewErrors(asked, kind).map(({ field }) => field)).toEqual(fields));

test('the question is about the resource, with the equalities of its field selector', () => {
  const fieldSelector = {
    requirements: [
      { key: 'spec.nodeName', operator: 'In', values: ['n1'] },
      { key: 'x', operator: 'Exists' },
    ],
  };
  const asked = review({ user: 'jo', extra: { Key: ['v'] }, resourceAttributes: { ...pods, fieldSelector } });
  expect(askedAttributes(reviewedUser(asked), asked)).toMatchObject({
    user: { name: 'jo', extra: { key: ['v'] } },
    isResource: true,
    verb: 'get',
    resource: 'pods',
    namespace: 'a',
    fieldSelector: [{ field: 'spec.nodeName', value: 'n1' }],
  });
});

test('the question is about a path', () => {
  const asked = review({ user: 'jo', nonResourceAttributes: { path: '/x', verb: 'get' } });
  expect(askedAttributes(reviewedUser(asked), asked)).toMatchObject({
    isResource: false,
    path: '/x',
    verb: 'get',
    resource: '',
  });
});

test('a selector with an unknown operator is said to be ignored', () => {
  const labelSelector = { requirements: [{ key: 'a', operator: 'Odd' }] };
  expect(ignoredSelectors(review({ resourceAttributes: { ...pods, labelSelector } }))).toBe(
    'spec.resourceAttributes.labelSelector ignored due to parse error',
  );
});
