import type { Pod } from '../../../api/generated/types.js';
import { deepEqual } from '../../../api/deep-equal.js';
import { FieldPath } from '../../../api/field-path.js';
import { isDnsLabel } from '../../../api/names.js';
import { defineResource } from '../../define-resource.js';
import { addressWarnings } from '../../ip-address.warnings.js';
import { podWarnings } from '../pod-spec/pod-spec.warnings.js';
import { podColumns, podRowConditions } from './pod.columns.js';
import { defaultPod } from './pod.defaults.js';
import { validateEphemeralContainersUpdate, validatePodResize } from './pod-subresources.validation.js';
import { podStrategy } from './pod.strategy.js';
import { validatePodStatusUpdate } from './pod-status.validation.js';
import { validatePod, validatePodCreate, validatePodUpdate } from './pod.validation.js';

function hostnameWarnings({ metadata }: Pod): string[] {
  const problems = isDnsLabel(metadata.name ?? '');
  return problems.length === 0
    ? []
    : [
        `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
      ];
}

/** Pods are updated by programs: only to what nodes report of addresses is something said. */
function statusWarnings({ status }: Pod, current: Pod): string[] {
  if (deepEqual(status, current.status)) return [];
  return (['podIPs', 'hostIPs'] as const).flatMap((list) =>
    (status?.[list] ?? []).flatMap(({ ip }, i) =>
      addressWarnings(ip, FieldPath.of('status', list).index(i).child('ip')),
    ),
  );
}

/** Pod: containers that run together on one node. Deleting one waits for its containers to stop. */
export const pod = defineResource<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  defaults: defaultPod,
  strategy: { ...podStrategy, changesGeneration: (next, current) => !deepEqual(next.spec, current.spec) },
  warnings: (pod, current) =>
    current ? statusWarnings(pod, current) : [...hostnameWarnings(pod), ...podWarnings(pod)],
  validate: validatePod,
  validateCreate: validatePodCreate,
  validateUpdate: validatePodUpdate,
  validatePartUpdate: { ephemeralcontainers: validateEphemeralContainersUpdate, resize: validatePodResize },
  validateStatusUpdate: validatePodStatusUpdate,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec?.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec?.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec?.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec?.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIPs?.[0]?.ip ?? '',
    'status.podIPs': ({ status }) => status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
  columns: podColumns,
  rowConditions: podRowConditions,
});
