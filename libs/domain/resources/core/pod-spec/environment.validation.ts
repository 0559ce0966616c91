import { all, each } from '../../../api/findings.js';
import { invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '../../../api/generated/types.js';
import { isConfigMapKey, isDnsLabel, isDnsSubdomain, isEnvVarName, isQualifiedName } from '../../../api/names.js';
import { parseQuantity } from '../../../api/quantity.js';
import { inFormat } from '../../rules.js';
import { pathWithoutBacksteps } from './volume-path.validation.js';

const environmentFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const volumeFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

const convertibleFields = [
  ...environmentFields,
  ...volumeFields,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'spec.host',
];
const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const sizes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** `metadata.labels['app']` → its path and key. */
function subscripted(path: string): { path: string; key: string } | undefined {
  const match = /^(.*)\['(.*)'\]$/.exec(path);
  return match ? { path: match[1] ?? '', key: match[2] ?? '' } : undefined;
}

/** A reference to a field of the pod (downward API): one of `allowed`, or one label or annotation by its key. */
export function validateFieldRef(
  { apiVersion, fieldPath }: ObjectFieldSelector,
  allowed: readonly string[],
  at: FieldPath,
): FieldError[] {
  if (!apiVersion) return [required(at.child('apiVersion'))];
  if (!fieldPath) return [required(at.child('fieldPath'))];
  const part = subscripted(fieldPath);
  const convertible = part
    ? ['metadata.annotations', 'metadata.labels'].includes(part.path)
    : convertibleFields.includes(fieldPath);
  if (apiVersion !== 'v1' || !convertible) {
    const why =
      apiVersion === 'v1'
        ? `field label not supported: ${part?.path ?? fieldPath}`
        : `unsupported pod version: ${apiVersion}`;
    return [invalid(at.child('fieldPath'), fieldPath, `error converting fieldPath: ${why}`)];
  }
  if (part)
    return inFormat(isQualifiedName, part.path === 'metadata.annotations' ? part.key.toLowerCase() : part.key, at);
  return allowed.includes(fieldPath) ? [] : [notSupported(at.child('fieldPath'), fieldPath, allowed)];
}

/** A reference to a container's request or limit. In a volume the container must be named. */
export function validateResourceFieldRef(ref: ResourceFieldSelector, inVolume: boolean, at: FieldPath): FieldError[] {
  const { containerName, resource, divisor } = ref;
  const known = resources.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource ?? '');
  return all(
    inVolume && !containerName
      ? [required(at.child('containerName'))]
      : !resource
        ? [required(at.child('resource'))]
        : known
          ? []
          : [notSupported(at.child('resource'), resource, resources)],
    validateDivisor(resource ?? '', divisor, at),
  );
}

function validateDivisor(resource: string, divisor: string | undefined, at: FieldPath): FieldError[] {
  if (divisor === undefined || (parseQuantity(divisor)?.nano ?? 0n) === 0n) return [];
  const refuse = (values: string, name: string): FieldError[] => [
    invalid(at.child('divisor'), resource, `only divisor's values ${values} are supported with the ${name} resource`),
  ];
  const kind = resource.split('.')[1] ?? '';
  if (kind === 'cpu') return ['1m', '1'].includes(divisor) ? [] : refuse('1m and 1', 'cpu');
  const name =
    kind === 'memory'
      ? 'memory'
      : kind === 'ephemeral-storage'
        ? 'local ephemeral storage'
        : kind.startsWith('hugepages-')
          ? 'hugepages'
          : undefined;
  return name === undefined || sizes.includes(divisor) ? [] : refuse(sizes.join(', '), name);
}

function validateKeyRef({ name, key }: { name?: string; key?: string }, at: FieldPath): FieldError[] {
  return all(
    inFormat(isDnsSubdomain, name ?? '', at.child('name')),
    key ? inFormat(isConfigMapKey, key, at.child('key')) : [required(at.child('key'))],
  );
}

function validateFileKeyRef(
  { key, volumeName, path }: NonNullable<EnvVarSource['fileKeyRef']>,
  at: FieldPath,
): FieldError[] {
  return all(
    key ? inFormat(isEnvVarName, key, at.child('key')) : [required(at.child('key'))],
    volumeName ? inFormat(isDnsLabel, volumeName, at.child('volumeName')) : [required(at.child('volumeName'))],
    path ? pathWithoutBacksteps(path, at.child('path')) : [required(at.child('path'))],
  );
}

function validateValueFrom({ value, valueFrom }: EnvVar, at: FieldPath): FieldError[] {
  if (!valueFrom) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(
    (source) => source !== undefined,
  ).length;
  return all(
    fieldRef ? validateFieldRef(fieldRef, environmentFields, at.child('fieldRef')) : [],
    resourceFieldRef ? validateResourceFieldRef(resourceFieldRef, false, at.child('resourceFieldRef')) : [],
    configMapKeyRef ? validateKeyRef(configMapKeyRef, at.child('configMapKeyRef')) : [],
    secretKeyRef ? validateKeyRef(secretKeyRef, at.child('secretKeyRef')) : [],
    fileKeyRef ? validateFileKeyRef(fileKeyRef, at.child('fileKeyRef')) : [],
    sources === 0
      ? [
          invalid(
            at,
            '',
            'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
          ),
        ]
      : value
        ? [invalid(at, '', 'may not be specified when `value` is not empty')]
        : sources > 1
          ? [invalid(at, '', 'may not have more than one field specified at a time')]
          : [],
  );
}

export const validateEnv = (variables: readonly EnvVar[], at: FieldPath): FieldError[] =>
  each(variables, (variable, i) =>
    all(
      variable.name
        ? inFormat(isEnvVarName, variable.name, at.index(i).child('name'))
        : [required(at.index(i).child('name'))],
      validateValueFrom(variable, at.index(i).child('valueFrom')),
    ),
  );

export const validateEnvFrom = (sources: readonly EnvFromSource[], at: FieldPath): FieldError[] =>
  each(sources, ({ prefix, configMapRef, secretRef }, i) => {
    const name = (ref: { name?: string } | undefined, field: string): FieldError[] =>
      ref === undefined
        ? []
        : ref.name
          ? inFormat(isDnsSubdomain, ref.name, at.index(i).child(field, 'name'))
          : [required(at.index(i).child(field, 'name'))];
    return all(
      prefix ? inFormat(isEnvVarName, prefix, at.index(i).child('prefix')) : [],
      name(configMapRef, 'configMapRef'),
      name(secretRef, 'secretRef'),
      configMapRef && secretRef
        ? [invalid(at, '', 'may not have more than one field specified at a time')]
        : !configMapRef && !secretRef
          ? [invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`')]
          : [],
    );
  });
