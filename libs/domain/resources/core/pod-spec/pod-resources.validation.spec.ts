import { FieldPath } from '../../../api/field-path.js';
import type { PodSpec } from '../../../api/generated/types.js';
import { validatePodResources } from './pod-resources.validation.js';

const asking = (requests: Record<string, string>, limits: Record<string, string> = {}) => ({
  name: 'c',
  image: 'x',
  resources: { requests, limits },
});

const cases: [string, PodSpec, string[]][] = [
  ['nothing of its own', { containers: [asking({ cpu: '2' })] }, []],
  ['as much as its containers', { containers: [asking({ cpu: '2' })], resources: { requests: { cpu: '2000m' } } }, []],
  [
    'less than its containers together',
    { containers: [asking({ cpu: '1' }), asking({ cpu: '500m' })], resources: { requests: { cpu: '1' } } },
    [
      'resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 1500m',
    ],
  ],
  [
    'less than an init container',
    { initContainers: [asking({ cpu: '3' })], containers: [asking({})], resources: { requests: { cpu: '1' } } },
    ['resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 3'],
  ],
  [
    'a limit below that of a container',
    { containers: [asking({}, { cpu: '2' })], resources: { limits: { cpu: '1' } } },
    ['resources.containers[0][cpu].limits: Invalid value: "2": must be less than or equal to pod limits of 1'],
  ],
  [
    'limits of CPU below the sum: they may be shared',
    { containers: [asking({}, { cpu: '1' }), asking({}, { cpu: '1' })], resources: { limits: { cpu: '1' } } },
    [],
  ],
  [
    'huge pages below the sum: they may not',
    {
      containers: [asking({}, { 'hugepages-2Mi': '2Mi' }), asking({}, { 'hugepages-2Mi': '2Mi' })],
      resources: { limits: { cpu: '1', 'hugepages-2Mi': '2Mi' } },
    },
    [
      'resources.limits[hugepages-2Mi]: Invalid value: "2Mi": must be greater than or equal to aggregate container limits of 4Mi',
    ],
  ],
  [
    'claims, and of nothing',
    { containers: [asking({})], resources: { claims: [{ name: 'x' }] } },
    [
      'resources.claims: Forbidden: claims may not be set for Resources at pod-level',
      'resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
    ],
  ],
  [
    'any, on Windows',
    { os: { name: 'windows' }, containers: [asking({})], resources: { requests: { nonsense: '1' } } },
    ['resources: Forbidden: may not be set for a windows pod'],
  ],
];
test.each(cases)('a pod states %s', (_, spec, expected) =>
  expect(
    validatePodResources(spec, FieldPath.of('resources')).map(({ field, message }) => `${field}: ${message}`),
  ).toEqual(expected),
);
