import { all, each } from '../../../api/findings.js';
import { duplicate, forbiddenField, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  Pod,
  PodCondition,
  PodExtendedResourceClaimStatus,
  PodResourceClaim,
  PodResourceClaimStatus,
  PodSpec,
} from '../../../api/generated/types.js';
import { isDnsLabel, isDnsSubdomain, isQualifiedName } from '../../../api/names.js';
import { ipFamily, ipProblems } from '../../ip-address.js';
import { inFormat } from '../../rules.js';
import { statusLists, validateContainerStatuses, validateTransitions } from './container-status.validation.js';

const noSpec: PodSpec = { containers: [] };
const generation = 'must be a non-negative integer';

const validateConditions = (conditions: readonly PodCondition[], at: FieldPath): FieldError[] =>
  each(conditions, ({ type, observedGeneration = 0 }, i) =>
    all(
      observedGeneration < 0 ? [invalid(at.index(i).child('observedGeneration'), observedGeneration, generation)] : [],
      ['PodScheduled', 'Ready', 'Initialized'].includes(type)
        ? []
        : inFormat(isQualifiedName, type, at.index(i).child('Type')),
    ),
  );

/** A nomination says where a pod may go once others have left: not on a pod that is there already. */
function validateNomination(next: Pod, current: Pod, at: FieldPath): FieldError[] {
  const name = next.status?.nominatedNodeName;
  if (!name || name === current.status?.nominatedNodeName) return [];
  return all(
    inFormat(isDnsSubdomain, name, at),
    current.spec?.nodeName ? [forbiddenField(at, 'may not be set on pods that are already bound to a node')] : [],
  );
}

function validateIps(ips: readonly { ip: string }[], at: FieldPath): FieldError[] {
  const families = ips.map(({ ip }) => ipFamily(ip));
  return all(
    each(ips, ({ ip }, i) => inFormat(ipProblems, ip, at.index(i))),
    ips.length > 2 || (ips.length === 2 && families[0] === families[1])
      ? [invalid(at, ips, 'may specify no more than one IP for each IP family')]
      : [],
  );
}

function validateClaimStatuses(
  statuses: readonly PodResourceClaimStatus[],
  claims: readonly PodResourceClaim[],
  at: FieldPath,
): FieldError[] {
  return each(statuses, ({ name, resourceClaimName }, i) => {
    const path = at.index(i);
    return all(
      claims.some((claim) => claim.name === name)
        ? []
        : [invalid(path.child('name'), name, 'must match the name of an entry in `spec.resourceClaims`')],
      statuses.findIndex((other) => other.name === name) < i ? [duplicate(path.child('name'), name)] : [],
      resourceClaimName === undefined
        ? []
        : inFormat(isDnsSubdomain, resourceClaimName, path.child('resourceClaimName')),
    );
  });
}

/** The claim that was made for a pod's extended resources: which container's resource is which of its requests. */
function validateExtendedClaim(
  status: PodExtendedResourceClaimStatus | undefined,
  { initContainers = [], containers }: PodSpec,
  at: FieldPath,
): FieldError[] {
  if (!status) return [];
  const { requestMappings: mappings = [], resourceClaimName } = status;
  const path = at.child('requestMappings');
  const known = all(initContainers, containers);
  const sameAs = (a: (typeof mappings)[number]) => (b: typeof a) =>
    a.containerName === b.containerName && a.resourceName === b.resourceName && a.requestName === b.requestName;
  return all(
    mappings.length === 0 ? [required(path, 'at least one request mapping is required')] : [],
    each(mappings, (mapping, i) => {
      const container = known.findLast(({ name }) => name === mapping.containerName);
      const containerName = path.index(i).child('containerName');
      const resourceName = path.index(i).child('resourceName');
      const problem = !container
        ? [
            invalid(
              containerName,
              mapping.containerName,
              'must match the name of an entry in spec.initContainers.name or spec.containers.name',
            ),
          ]
        : mapping.resourceName in (container.resources?.requests ?? {})
          ? []
          : [
              invalid(
                resourceName,
                mapping.resourceName,
                'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests',
              ),
            ];
      return all(
        problem,
        inFormat(isDnsLabel, mapping.requestName, at.child('requestName')),
        mappings.findIndex(sameAs(mapping)) < i
          ? [
              duplicate(containerName, mapping.containerName),
              duplicate(resourceName, mapping.resourceName),
              duplicate(path.index(i).child('requestName'), mapping.requestName),
            ]
          : [],
      );
    }),
    resourceClaimName
      ? inFormat(isDnsSubdomain, resourceClaimName, at.child('resourceClaimName'))
      : [required(at.child('resourceClaimName'))],
  );
}

/** Rules of the status that nodes and the scheduler write. */
export function validatePodStatusUpdate(next: Pod, current: Pod, at: FieldPath): FieldError[] {
  const path = at.child('status');
  const spec = next.spec ?? noSpec;
  const status = next.status ?? {};
  const { podIPs = [], hostIPs = [], hostIP, observedGeneration = 0 } = status;
  return all(
    validateConditions(status.conditions ?? [], path.child('conditions')),
    validateNomination(next, current, path.child('nominatedNodeName')),
    observedGeneration < 0 ? [invalid(path.child('observedGeneration'), observedGeneration, generation)] : [],
    status.qosClass === current.status?.qosClass
      ? []
      : [invalid(path.child('qosClass'), status.qosClass, 'field is immutable')],
    each(statusLists, ([list, containers]) =>
      validateTransitions(
        status[list] ?? [],
        current.status?.[list] ?? [],
        containers === 'ephemeralContainers' ? undefined : (current.spec?.[containers] ?? []),
        current.spec ?? noSpec,
        path.child(list),
      ),
    ),
    validateClaimStatuses(
      status.resourceClaimStatuses ?? [],
      spec.resourceClaims ?? [],
      path.child('resourceClaimStatuses'),
    ),
    validateExtendedClaim(status.extendedResourceClaimStatus, spec, path.child('extendedResourceClaimStatus')),
    validateIps(podIPs, path.child('podIPs')),
    hostIPs[0] && hostIPs[0].ip !== hostIP
      ? [invalid(path.child('hostIPs').index(0).child('ip'), hostIPs[0].ip, 'must be equal to `hostIP`')]
      : [],
    validateIps(hostIPs, path.child('hostIPs')),
    each(statusLists, ([list, containers]) =>
      validateContainerStatuses(
        status[list] ?? [],
        containers === 'ephemeralContainers' ? undefined : (spec[containers] ?? []),
        spec.os?.name ?? 'linux',
        path.child(list),
      ),
    ),
  );
}
