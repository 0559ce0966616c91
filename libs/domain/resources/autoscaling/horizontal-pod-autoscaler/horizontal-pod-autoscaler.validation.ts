import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
} from '../../../api/generated/types.js';
import { parseQuantity } from '../../../api/quantity.js';
import { oneOf } from '../../rules.js';
import { validateReference } from './reference.validation.js';
import { validateMetric } from './metric.validation.js';

const maxWindow = 3600;
const maxPeriod = 1800;

function validateReplicas({ minReplicas, maxReplicas = 0 }: HorizontalPodAutoscalerSpec, at: FieldPath): FieldError[] {
  const max = at.child('maxReplicas');
  return [
    ...(minReplicas !== undefined && minReplicas < 1
      ? [invalid(at.child('minReplicas'), minReplicas, 'must be greater than or equal to 1')]
      : []),
    ...(maxReplicas === 0 ? [required(max, 'must be set and greater than 0')] : []),
    ...(maxReplicas < 0 ? [invalid(max, maxReplicas, 'must be greater than or equal to 1')] : []),
    ...(minReplicas !== undefined && maxReplicas < minReplicas
      ? [invalid(max, maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
  ];
}

type Policy = NonNullable<HPAScalingRules['policies']>[number];

function validatePolicy({ type, value, periodSeconds }: Policy, at: FieldPath): FieldError[] {
  const period = at.child('periodSeconds');
  return [
    ...(type === 'Pods' || type === 'Percent' ? [] : [notSupported(at.child('type'), type, ['Percent', 'Pods'])]),
    ...(value > 0 ? [] : [invalid(at.child('value'), value, 'must be greater than zero')]),
    ...(periodSeconds > 0 ? [] : [invalid(period, periodSeconds, 'must be greater than zero')]),
    ...(periodSeconds > maxPeriod
      ? [invalid(period, periodSeconds, `must be less than or equal to ${maxPeriod}`)]
      : []),
  ];
}

function validateRules(rules: HPAScalingRules | undefined, at: FieldPath): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies, tolerance } = rules;
  const window = at.child('stabilizationWindowSeconds');
  return [
    ...(seconds < 0 ? [invalid(window, seconds, 'must be greater than or equal to zero')] : []),
    ...(seconds > maxWindow ? [invalid(window, seconds, `must be less than or equal to ${maxWindow}`)] : []),
    ...oneOf(selectPolicy, ['Disabled', 'Max', 'Min'], at.child('selectPolicy')),
    ...((policies ?? []).length === 0 ? [required(at.child('policies'), 'must specify at least one Policy')] : []),
    ...(policies ?? []).flatMap((policy, i) => validatePolicy(policy, at.child('policies').index(i))),
    ...((parseQuantity(tolerance ?? '0')?.nano ?? 0n) < 0n
      ? [invalid(at.child('tolerance'), tolerance, 'must be greater than or equal to 0')]
      : []),
  ];
}

/** Rules of the API reference for HorizontalPodAutoscaler. Pure; reports every violation, each with its field path. */
export function validateHorizontalPodAutoscaler(autoscaler: HorizontalPodAutoscaler, root: FieldPath): FieldError[] {
  const spec = autoscaler.spec ?? ({} as HorizontalPodAutoscalerSpec);
  const { metrics = [], minReplicas, behavior } = spec;
  const at = root.child('spec');
  return [
    ...validateReplicas(spec, at),
    ...validateReference(spec.scaleTargetRef ?? {}, at.child('scaleTargetRef')),
    ...metrics.flatMap((metric, i) => validateMetric(metric, at.child('metrics').index(i))),
    ...(minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')
      ? [
          forbiddenField(
            at.child('metrics'),
            'must specify at least one Object or External metric to support scaling to zero replicas',
          ),
        ]
      : []),
    ...validateRules(behavior?.scaleUp, at.child('behavior', 'scaleUp')),
    ...validateRules(behavior?.scaleDown, at.child('behavior', 'scaleDown')),
  ];
}

const isMalformed = (version: string): boolean => version.split('/').length > 2;

const malformed = (version: string, at: FieldPath): FieldError =>
  invalid(at, version, `unexpected GroupVersion string: ${version}`);

/** Of the core group only ReplicationControllers can be scaled. An unchanged reference is left alone. */
function validateTargetVersion(
  { scaleTargetRef: next }: HorizontalPodAutoscalerSpec,
  current: HorizontalPodAutoscalerSpec['scaleTargetRef'] | undefined,
  at: FieldPath,
): FieldError[] {
  const { apiVersion = '', kind } = next ?? {};
  if (current && (current.apiVersion ?? '') === apiVersion && current.kind === kind) return [];
  if (isMalformed(apiVersion)) return [malformed(apiVersion, at)];
  return apiVersion.includes('/') || kind === 'ReplicationController'
    ? []
    : [invalid(at, apiVersion, 'apiVersion must specify API group')];
}

const objectVersions = ({ metrics = [] }: HorizontalPodAutoscalerSpec): (string | undefined)[] =>
  metrics.map(({ object }) => object && (object.describedObject?.apiVersion ?? ''));

/** API versions of what is named; those of measured objects may stay wrong where they were. */
export function validateApiVersions(
  spec: HorizontalPodAutoscalerSpec,
  before: HorizontalPodAutoscalerSpec | undefined,
  at: FieldPath,
): FieldError[] {
  const wasWrong = before !== undefined && objectVersions(before).some((version) => isMalformed(version ?? ''));
  return [
    ...validateTargetVersion(spec, before?.scaleTargetRef, at.child('scaleTargetRef', 'apiVersion')),
    ...objectVersions(spec).flatMap((version = '', i) =>
      isMalformed(version) && !wasWrong
        ? [malformed(version, at.child('metrics').index(i).child('object', 'describedObject', 'apiVersion'))]
        : [],
    ),
  ];
}

export const validateHorizontalPodAutoscalerUpdate = (
  next: HorizontalPodAutoscaler,
  current: HorizontalPodAutoscaler,
  at: FieldPath,
): FieldError[] => (next.spec ? validateApiVersions(next.spec, current.spec, at.child('spec')) : []);
