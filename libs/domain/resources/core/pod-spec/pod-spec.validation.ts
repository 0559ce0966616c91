import { all, each, eachEntry } from '../../../api/findings.js';
import {
  duplicate,
  forbiddenField,
  invalid,
  notFoundField,
  required,
  tooLong,
  type FieldError,
} from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PodSpec } from '../../../api/generated/types.js';
import type { ObjectMeta } from '../../../api/kube-object.js';
import { between, isDnsLabel, isDnsSubdomain, isQualifiedName, type FormatCheck } from '../../../api/names.js';
import { validateLabels } from '../../../api/object-meta.validation.js';
import { ipProblems } from '../../ip-address.js';
import { inFormat, requiredOneOf } from '../../rules.js';
import { validateAffinity, validateTopologySpread } from './affinity.validation.js';
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './container.validation.js';
import {
  validatePodResourceClaims,
  validateResourceQuantity,
  validateContainerResourceName,
} from './resources.validation.js';
import { validateHostProcesses, validateOs } from './operating-system.validation.js';
import { validatePodResources } from './pod-resources.validation.js';
import { validatePodSecurityContext } from './security-context.validation.js';
import { validateTolerations } from './toleration.validation.js';
import { validateVolumes } from './volume.validation.js';

const maxInt32 = 2 ** 31 - 1;
const dnsLimits = { nameservers: 3, searches: 32, searchCharacters: 2048 };
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

const searchPattern = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*';
const isSearchDomain: FormatCheck = (value) =>
  new RegExp(`^${searchPattern}$`).test(value)
    ? []
    : [
        `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${searchPattern}')`,
      ];

function validateDns({ dnsPolicy, dnsConfig }: PodSpec, at: FieldPath): FieldError[] {
  const path = at.child('dnsConfig');
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (nameservers.length === 0)
      return [required(path.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  }
  return all(
    nameservers.length > dnsLimits.nameservers
      ? [
          invalid(
            path.child('nameservers'),
            nameservers,
            `must not have more than ${dnsLimits.nameservers} nameservers`,
          ),
        ]
      : [],
    each(nameservers, (server, i) => inFormat(ipProblems, server, path.child('nameservers').index(i))),
    searches.length > dnsLimits.searches
      ? [invalid(path.child('searches'), searches, `must not have more than ${dnsLimits.searches} search paths`)]
      : [],
    searches.join(' ').length > dnsLimits.searchCharacters
      ? [
          invalid(
            path.child('searches'),
            searches,
            `must not have more than ${dnsLimits.searchCharacters} characters (including spaces) in the search list`,
          ),
        ]
      : [],
    each(searches, (search, i) =>
      search === '.' ? [] : inFormat(isSearchDomain, search.replace(/\.$/, ''), path.child('searches').index(i)),
    ),
    each(options, ({ name }, i) => (name ? [] : [required(path.child('options').index(i), 'must not be empty')])),
  );
}

/** With the host's network a container's port is the host's port. */
function validateHostNetworkPorts({ hostNetwork, containers }: PodSpec, inPod: boolean, at: FieldPath): FieldError[] {
  if (!hostNetwork) return [];
  return each(containers, ({ ports = [] }, i) =>
    each(ports, ({ hostPort = 0, containerPort }, j) =>
      (inPod || hostPort !== 0) && hostPort !== containerPort
        ? [
            invalid(
              at.child('containers').index(i).child('ports').index(j).child('hostPort'),
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : [],
    ),
  );
}

function validateSchedulingGates(gates: readonly { name: string }[], at: FieldPath): FieldError[] {
  return each(gates, ({ name }, i) =>
    all(
      inFormat(isQualifiedName, name, at.index(i)),
      gates.findIndex((other) => other.name === name) < i ? [duplicate(at.index(i), name)] : [],
    ),
  );
}

/** A user namespace of its own excludes the host's other namespaces. */
function validateHostUsers({ hostUsers, hostNetwork, hostPID, hostIPC }: PodSpec, at: FieldPath): FieldError[] {
  if (hostUsers !== false) return [];
  const why = 'when `hostUsers` is false';
  return all(
    hostNetwork ? [forbiddenField(at.child('hostNetwork'), why)] : [],
    hostPID ? [forbiddenField(at.child('HostPID'), why)] : [],
    hostIPC ? [forbiddenField(at.child('HostIPC'), why)] : [],
  );
}

function validateHostnameOverride(
  { hostnameOverride, setHostnameAsFQDN, hostNetwork }: PodSpec,
  at: FieldPath,
): FieldError[] {
  if (hostnameOverride === undefined) return [];
  const path = at.child('hostnameOverride');
  return all(
    setHostnameAsFQDN ? [forbiddenField(path, 'may not be specified when setHostnameAsFQDN is true')] : [],
    hostNetwork ? [forbiddenField(path, 'may not be specified when hostNetwork is true')] : [],
    hostnameOverride.length > 64 ? [tooLong(path, 64)] : [],
    inFormat(isDnsSubdomain, hostnameOverride, path),
  );
}

/** Environment read from a file: the file lies in an emptyDir of the pod. */
function validateFileKeyRefs(spec: PodSpec, at: FieldPath): FieldError[] {
  return each(['initContainers', 'containers', 'ephemeralContainers'] as const, (list) =>
    each(spec[list], ({ env = [] }, i) =>
      each(env, ({ valueFrom }, j) => {
        const name = valueFrom?.fileKeyRef?.volumeName;
        if (name === undefined) return [];
        const path = at.child(list).index(i).child('env').index(j).child('valueFrom', 'fileKeyRef', 'volumeName');
        const volume = spec.volumes?.find((candidate) => candidate.name === name);
        if (!volume) return [notFoundField(path, name)];
        return volume.emptyDir ? [] : [invalid(path, name, 'referenced volume must be of type emptyDir')];
      }),
    ),
  );
}

const optionalName = (name: string | undefined, check: FormatCheck, at: FieldPath): FieldError[] =>
  name ? inFormat(check, name, at) : [];

/** Rules of a pod's spec, in a pod (`meta` given) or in a template. Pure; reports every violation, each with its field path. */
export function validatePodSpec(spec: PodSpec, meta: ObjectMeta | undefined, at: FieldPath): FieldError[] {
  const deadline = spec.activeDeadlineSeconds;
  return all(
    validateVolumes(spec.volumes ?? [], meta, at.child('volumes')),
    validatePodResourceClaims(spec.resourceClaims ?? [], at.child('resourceClaims')),
    validateContainers(spec, at.child('containers')),
    validateInitContainers(spec, at.child('initContainers')),
    validateEphemeralContainers(spec, at.child('ephemeralContainers')),
    validatePodResources(spec, at.child('resources')),
    validateHostNetworkPorts(spec, meta !== undefined, at),
    requiredOneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], at.child('restartPolicy')),
    requiredOneOf(spec.dnsPolicy, dnsPolicies, at.child('dnsPolicy')),
    validateLabels(spec.nodeSelector, at.child('nodeSelector')),
    validatePodSecurityContext(spec.securityContext, spec, at.child('securityContext')),
    spec.affinity ? validateAffinity(spec.affinity, at.child('affinity')) : [],
    validateDns(spec, at),
    each(spec.readinessGates, ({ conditionType }, i) =>
      inFormat(isQualifiedName, conditionType, at.child('readinessGates').index(i).child('conditionType')),
    ),
    validateSchedulingGates(spec.schedulingGates ?? [], at.child('schedulingGates')),
    validateTopologySpread(spec.topologySpreadConstraints ?? [], at.child('topologySpreadConstraints')),
    validateHostProcesses(spec, at),
    validateHostUsers(spec, at),
    validateHostnameOverride(spec, at),
    optionalName(spec.serviceAccountName, isDnsSubdomain, at.child('serviceAccountName')),
    optionalName(spec.nodeName, isDnsSubdomain, at.child('nodeName')),
    deadline !== undefined && (deadline < 1 || deadline > maxInt32)
      ? [invalid(at.child('activeDeadlineSeconds'), deadline, between(1, maxInt32))]
      : [],
    optionalName(spec.hostname, isDnsLabel, at.child('hostname')),
    optionalName(spec.subdomain, isDnsLabel, at.child('subdomain')),
    validateTolerations(spec.tolerations ?? [], at.child('tolerations')),
    each(spec.hostAliases, ({ ip, hostnames = [] }, i) =>
      all(
        inFormat(ipProblems, ip, at.child('hostAliases').index(i).child('ip')),
        each(hostnames, (name, j) =>
          inFormat(isDnsSubdomain, name, at.child('hostAliases').index(i).child('hostnames').index(j)),
        ),
      ),
    ),
    optionalName(spec.priorityClassName, isDnsSubdomain, at.child('priorityClassName')),
    spec.runtimeClassName === undefined
      ? []
      : inFormat(isDnsSubdomain, spec.runtimeClassName, at.child('runtimeClassName')),
    spec.preemptionPolicy === undefined
      ? []
      : requiredOneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], at.child('preemptionPolicy')),
    eachEntry(spec.overhead, (name, quantity) =>
      all(
        validateContainerResourceName(name, at.child('overhead').key(name)),
        validateResourceQuantity(name, quantity, at.child('overhead').key(name)),
      ),
    ),
    validateOs(spec, at),
    validateFileKeyRefs(spec, at),
  );
}
