import { all, each } from '../../../api/findings.js';
import {
  duplicate,
  forbiddenField,
  invalid,
  notFoundField,
  notSupported,
  required,
  tooMany,
  type FieldError,
} from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  Container,
  ContainerPort,
  ContainerResizePolicy,
  EphemeralContainer,
  PodSpec,
} from '../../../api/generated/types.js';
import { isDnsLabel, isPortName, isPortNumber } from '../../../api/names.js';
import { inFormat, protocols, requiredOneOf } from '../../rules.js';
import { validateEnv, validateEnvFrom } from './environment.validation.js';
import { validateLifecycle, validateProbes } from './probe.validation.js';
import { validateContainerResources } from './resources.validation.js';
import { validateSecurityContext } from './security-context.validation.js';
import { validateVolumeDevices, validateVolumeMounts } from './volume-mount.validation.js';
import { pullPolicies } from './volume.validation.js';

const restartPolicies = ['Always', 'Never', 'OnFailure'];
const limits = { restartRules: 20, exitCodes: 255 };
const onlySidecars = 'may not be set for init containers without restartPolicy=Always';
const notEphemeral = 'cannot be set for an Ephemeral Container';

function validatePorts(ports: readonly ContainerPort[], at: FieldPath): FieldError[] {
  return each(ports, ({ name, containerPort, hostPort, protocol }, i) => {
    const path = at.index(i);
    const nameProblems = name ? inFormat(isPortName, name, path.child('name')) : [];
    const range = (port: number, field: string): FieldError[] =>
      isPortNumber(port).map((text) => invalid(path.child(field), port, text));
    return all(
      nameProblems,
      name && nameProblems.length === 0 && ports.slice(0, i).some((other) => other.name === name)
        ? [duplicate(path.child('name'), name)]
        : [],
      containerPort ? range(containerPort, 'containerPort') : [required(path.child('containerPort'))],
      hostPort ? range(hostPort, 'hostPort') : [],
      requiredOneOf(protocol, protocols, path.child('protocol')),
    );
  });
}

function validateResizePolicy(
  policies: readonly ContainerResizePolicy[],
  podRestartPolicy: string | undefined,
  at: FieldPath,
): FieldError[] {
  return each(policies, ({ resourceName, restartPolicy }, i) =>
    all(
      policies.findIndex((other) => other.resourceName === resourceName) < i
        ? [duplicate(at.index(i), resourceName)]
        : [],
      requiredOneOf(resourceName, ['cpu', 'memory'], at),
      requiredOneOf(restartPolicy, ['NotRequired', 'RestartContainer'], at),
      podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired'
        ? [invalid(at, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")]
        : [],
    ),
  );
}

function validateRestartPolicy(
  { restartPolicy, restartPolicyRules: rules = [] }: Container,
  at: FieldPath,
): FieldError[] {
  const path = at.child('restartPolicyRules');
  return all(
    restartPolicy === undefined
      ? rules.length > 0
        ? [required(at.child('restartPolicy'), 'must specify restartPolicy when restart rules are used')]
        : []
      : restartPolicies.includes(restartPolicy)
        ? []
        : [notSupported(at.child('restartPolicy'), restartPolicy, restartPolicies)],
    rules.length > limits.restartRules ? [tooMany(path, rules.length, limits.restartRules)] : [],
    each(rules, ({ action, exitCodes }, i) =>
      all(
        requiredOneOf(action, ['Restart', 'RestartAllContainers'], path.index(i).child('action')),
        exitCodes
          ? all(
              requiredOneOf(exitCodes.operator, ['In', 'NotIn'], path.index(i).child('exitCodes', 'operator')),
              (exitCodes.values ?? []).length > limits.exitCodes
                ? [
                    tooMany(
                      path.index(i).child('exitCodes', 'values'),
                      (exitCodes.values ?? []).length,
                      limits.exitCodes,
                    ),
                  ]
                : [],
            )
          : [required(path.index(i).child('exitCodes'), 'must be specified')],
      ),
    ),
  );
}

/** Within one list of containers, a host port of a protocol and address is taken once. */
function hostPortConflicts(containers: readonly Container[], at: FieldPath): FieldError[] {
  const taken = new Set<string>();
  return each(containers, ({ ports = [] }, i) =>
    each(ports, ({ protocol, hostIP = '', hostPort }, j) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [duplicate(at.index(i).child('ports').index(j).child('hostPort'), key)];
      taken.add(key);
      return [];
    }),
  );
}

function validateCommon(container: Container, spec: PodSpec, at: FieldPath): FieldError[] {
  const claims = (spec.resourceClaims ?? []).map(({ name }) => name);
  return all(
    container.name ? inFormat(isDnsLabel, container.name, at.child('name')) : [required(at.child('name'))],
    container.image ? [] : [required(at.child('image'))],
    requiredOneOf(
      container.terminationMessagePolicy,
      ['File', 'FallbackToLogsOnError'],
      at.child('terminationMessagePolicy'),
    ),
    validatePorts(container.ports ?? [], at.child('ports')),
    validateEnv(container.env ?? [], at.child('env')),
    validateEnvFrom(container.envFrom ?? [], at.child('envFrom')),
    validateVolumeMounts(container, spec.volumes ?? [], at.child('volumeMounts')),
    validateVolumeDevices(container, spec.volumes ?? [], at.child('volumeDevices')),
    requiredOneOf(container.imagePullPolicy, pullPolicies, at.child('imagePullPolicy')),
    validateContainerResources(container.resources ?? {}, claims, at.child('resources')),
    validateResizePolicy(container.resizePolicy ?? [], spec.restartPolicy, at.child('resizePolicy')),
    validateSecurityContext(container.securityContext, spec.hostUsers !== false, at.child('securityContext')),
  );
}

const duplicateName = (name: string, others: readonly string[], at: FieldPath): FieldError[] =>
  name && others.includes(name) ? [duplicate(at.child('name'), name)] : [];

/** The containers that make a pod: at least one. */
export function validateContainers(spec: PodSpec, at: FieldPath): FieldError[] {
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [required(at)];
  const grace = spec.terminationGracePeriodSeconds;
  return all(
    each(containers, (container, i) => {
      const path = at.index(i);
      return all(
        validateCommon(container, spec, path),
        duplicateName(
          container.name,
          containers.slice(0, i).map(({ name }) => name),
          path,
        ),
        container.lifecycle ? validateLifecycle(container.lifecycle, grace, path.child('lifecycle')) : [],
        validateProbes(container, grace, path),
        validateRestartPolicy(container, path),
      );
    }),
    hostPortConflicts(containers, at),
  );
}

/** Init containers run before the others, one by one; with restartPolicy Always they stay as sidecars and may have probes and hooks. */
export function validateInitContainers(spec: PodSpec, at: FieldPath): FieldError[] {
  const containers = spec.initContainers ?? [];
  const grace = spec.terminationGracePeriodSeconds;
  const regular = (spec.containers ?? []).map(({ name }) => name);
  return each(containers, (container, i) => {
    const path = at.index(i);
    const sidecar = container.restartPolicy === 'Always';
    const unhooked = (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const).filter(
      (field) => container[field] !== undefined,
    );
    return all(
      validateCommon(container, spec, path),
      validateRestartPolicy(container, path),
      duplicateName(
        container.name,
        all(
          regular,
          containers.slice(0, i).map(({ name }) => name),
        ),
        path,
      ),
      hostPortConflicts([container], at),
      sidecar
        ? all(
            container.lifecycle ? validateLifecycle(container.lifecycle, grace, path.child('lifecycle')) : [],
            validateProbes(container, grace, path),
          )
        : unhooked.map((field) => forbiddenField(path.child(field), onlySidecars)),
      sidecar
        ? []
        : each(container.resizePolicy, ({ restartPolicy }, j) =>
            restartPolicy === 'RestartContainer'
              ? [
                  invalid(
                    path.child('resizePolicy').index(j).child('restartPolicy'),
                    restartPolicy,
                    "must not be set to 'RestartContainer' for non-sidecar initContainers",
                  ),
                ]
              : [],
          ),
    );
  });
}

const forbiddenInEphemeral = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
] as const;

const isSet = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value).length > 0);

/** Ephemeral containers are added to a running pod to look into it: no ports, probes, hooks or resources. */
export function validateEphemeralContainers(spec: PodSpec, at: FieldPath): FieldError[] {
  const others = all(spec.containers ?? [], spec.initContainers ?? []).map(({ name }) => name);
  const containers: readonly EphemeralContainer[] = spec.ephemeralContainers ?? [];
  return each(containers, (container, i) => {
    const path = at.index(i);
    const target = container.targetContainerName;
    return all(
      validateCommon(container as Container, spec, path),
      untrimmedImage(container.image, path),
      duplicateName(
        container.name,
        all(
          others,
          containers.slice(0, i).map(({ name }) => name),
        ),
        path,
      ),
      target && !others.includes(target) ? [notFoundField(path.child('targetContainerName'), target)] : [],
      forbiddenInEphemeral
        .filter((field) => isSet(container[field]))
        .map((field) => forbiddenField(path.child(field), notEphemeral)),
      each(container.volumeMounts, (mount, j) =>
        (['subPath', 'subPathExpr'] as const)
          .filter((field) => mount[field])
          .map((field) => forbiddenField(path.child('volumeMounts').index(j).child(field), notEphemeral)),
      ),
    );
  });
}

/** In a pod (not in a template) an image must be named without padding. */
export const untrimmedImage = (image: string | undefined, at: FieldPath): FieldError[] =>
  image !== undefined && image.trim() !== image
    ? [invalid(at.child('image'), image, 'must not have leading or trailing whitespace')]
    : [];
