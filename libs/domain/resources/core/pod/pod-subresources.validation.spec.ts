import { FieldPath } from '../../../api/field-path.js';
import type { Pod, PodSpec } from '../../../api/generated/types.js';
import { validateEphemeralContainersUpdate, validatePodResize } from './pod-subresources.validation.js';

const resources = { requests: { cpu: '100m', memory: '10Mi' }, limits: { cpu: '1', memory: '20Mi' } };
const container = { name: 'c', image: 'x', resources };

const podOf = (spec: Partial<PodSpec>, annotations?: Record<string, string>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', ...(annotations ? { annotations } : {}) },
  spec: { containers: [container], ...spec },
});
const withResources = (changed: object): Partial<PodSpec> => ({ containers: [{ ...container, resources: changed }] });
const init = { name: 'i', image: 'x', resources };

const resizes: [string, Pod, Pod, string[]][] = [
  ['more CPU', podOf({}), podOf(withResources({ ...resources, requests: { cpu: '200m', memory: '10Mi' } })), []],
  [
    'a limit taken away',
    podOf({}),
    podOf(withResources({ ...resources, limits: { cpu: '1' } })),
    ['spec.containers[0].resources.limits'],
  ],
  [
    'another resource',
    podOf({}),
    podOf(withResources({ ...resources, requests: { ...resources.requests, 'ephemeral-storage': '1Gi' } })),
    ['spec'],
  ],
  [
    'another QoS class',
    podOf({}),
    podOf(withResources({ requests: resources.limits, limits: resources.limits })),
    ['spec'],
  ],
  ['one container more', podOf({}), podOf({ containers: [container, { name: 'z' }] }), ['spec.containers']],
  [
    'an init container that has ended',
    podOf({ initContainers: [init] }),
    podOf({ initContainers: [{ ...init, resources: { ...resources, requests: { cpu: '200m', memory: '10Mi' } } }] }),
    ['spec'],
  ],
  [
    'a sidecar',
    podOf({ initContainers: [{ ...init, restartPolicy: 'Always' }] }),
    podOf({
      initContainers: [
        { ...init, restartPolicy: 'Always', resources: { ...resources, requests: { cpu: '200m', memory: '10Mi' } } },
      ],
    }),
    [],
  ],
  ['a static pod', podOf({}, { 'kubernetes.io/config.mirror': 'x' }), podOf({}), ['']],
];

test.each(resizes)('a resize: %s', (_, current, next, expected) =>
  expect(validatePodResize(next, current, FieldPath.root).map(({ field }) => field)).toEqual(expected),
);

const debug = { name: 'e', image: 'busybox' };
const additions: [string, PodSpec['ephemeralContainers'], PodSpec['ephemeralContainers'], string[]][] = [
  ['the first', [], [debug], []],
  ['one more', [debug], [{ name: 'f', image: 'x' }, debug], []],
  ['one less', [debug], [], ['spec.ephemeralContainers']],
  ['another image', [debug], [{ ...debug, image: 'other' }], ['spec.ephemeralContainers']],
];

test.each(additions)('ephemeral containers: %s', (_, before, after, expected) =>
  expect(
    validateEphemeralContainersUpdate(
      podOf({ ephemeralContainers: after ?? [] }),
      podOf({ ephemeralContainers: before ?? [] }),
      FieldPath.root,
    ).map(({ field }) => field),
  ).toEqual(expected),
);
