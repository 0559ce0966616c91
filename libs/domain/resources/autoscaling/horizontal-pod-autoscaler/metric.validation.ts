import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { MetricIdentifier, MetricSpec, MetricTarget } from '../../../api/generated/types.js';
import { isDnsLabel, isPathSegmentName } from '../../../api/names.js';
import { parseQuantity } from '../../../api/quantity.js';
import { inFormat } from '../../rules.js';
import { validateContainerResourceName } from '../../core/pod-spec/resources.validation.js';
import { validateReference } from './reference.validation.js';

function validateTarget(target: Partial<MetricTarget>, at: FieldPath): FieldError[] {
  const { type, averageUtilization } = target;
  const positive = (field: 'value' | 'averageValue'): FieldError[] =>
    target[field] === undefined || (parseQuantity(target[field])?.nano ?? 1n) > 0n
      ? []
      : [invalid(at.child(field), target[field], 'must be positive')];
  return [
    ...(type ? [] : [required(at.child('type'), 'must specify a metric target type')]),
    ...(type && ['Utilization', 'Value', 'AverageValue'].includes(type)
      ? []
      : [invalid(at.child('type'), type ?? '', 'must be either Utilization, Value, or AverageValue')]),
    ...positive('value'),
    ...positive('averageValue'),
    ...(averageUtilization !== undefined && averageUtilization < 1
      ? [invalid(at.child('averageUtilization'), averageUtilization, 'must be greater than 0')]
      : []),
  ];
}

const validateIdentifier = ({ name }: Partial<MetricIdentifier>, at: FieldPath): FieldError[] =>
  name
    ? inFormat(isPathSegmentName, name, at.child('name'))
    : [required(at.child('name'), 'must specify a metric name')];

/** Either an amount for each pod, or how busy it is. */
function validateResourceTarget(target: Partial<MetricTarget>, at: FieldPath): FieldError[] {
  const { averageUtilization, averageValue } = target;
  const hasBoth = averageUtilization !== undefined && averageValue !== undefined;
  const hasNone = averageUtilization === undefined && averageValue === undefined;
  return [
    ...validateTarget(target, at),
    ...(hasNone
      ? [required(at.child('averageUtilization'), 'must set either a target raw value or a target utilization')]
      : []),
    ...(hasBoth
      ? [forbiddenField(at.child('averageValue'), 'may not set both a target raw value and a target utilization')]
      : []),
  ];
}

type Source = 'object' | 'external' | 'pods' | 'resource' | 'containerResource';
type SourceRules = {
  readonly [K in Source]: (source: NonNullable<MetricSpec[K]>, at: FieldPath) => FieldError[];
};

/** One rule for each source, in the order in which the first one is looked at. */
const sourceRules: SourceRules = {
  object: ({ describedObject = {}, metric = {}, target = {} as Partial<MetricTarget> }, at) => [
    ...validateReference(describedObject, at.child('describedObject')),
    ...validateIdentifier(metric, at.child('metric')),
    ...validateTarget(target, at.child('target')),
    ...(target.value === undefined && target.averageValue === undefined
      ? [required(at.child('target', 'averageValue'), 'must set either a target value or averageValue')]
      : []),
  ],
  external: ({ metric = {}, target = {} as Partial<MetricTarget> }, at) => [
    ...validateIdentifier(metric, at.child('metric')),
    ...validateTarget(target, at.child('target')),
    ...(target.value === undefined && target.averageValue === undefined
      ? [required(at.child('target', 'averageValue'), 'must set either a target value for metric or a per-pod target')]
      : []),
    ...(target.value !== undefined && target.averageValue !== undefined
      ? [forbiddenField(at.child('target', 'value'), 'may not set both a target value for metric and a per-pod target')]
      : []),
  ],
  pods: ({ metric = {}, target = {} as Partial<MetricTarget> }, at) => [
    ...validateIdentifier(metric, at.child('metric')),
    ...validateTarget(target, at.child('target')),
    ...(target.averageValue === undefined
      ? [required(at.child('target', 'averageValue'), 'must specify a positive target averageValue')]
      : []),
  ],
  resource: ({ name, target = {} as Partial<MetricTarget> }, at) => [
    ...(name ? [] : [required(at.child('name'), 'must specify a resource name')]),
    ...validateResourceTarget(target, at.child('target')),
  ],
  containerResource: ({ name, container, target = {} as Partial<MetricTarget> }, at) => [
    ...(name
      ? validateContainerResourceName(name, at.child('name'))
      : [required(at.child('name'), 'must specify a resource name')]),
    ...(container
      ? inFormat(isDnsLabel, container, at.child('container'))
      : [required(at.child('container'), 'must specify a container')]),
    ...validateResourceTarget(target, at.child('target')),
  ],
};

const sources = Object.keys(sourceRules) as Source[];
const sourceOf: Readonly<Record<string, Source | undefined>> = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};

/** A metric has a type, and the source of that type only. */
export function validateMetric(metric: MetricSpec, at: FieldPath): FieldError[] {
  const expected = sourceOf[metric.type];
  const present = sources.filter((source) => metric[source] !== undefined);
  const [first] = present;
  const rule = first && (sourceRules[first] as SourceRules[typeof first]);
  return [
    ...(metric.type ? [] : [required(at.child('type'), 'must specify a metric source type')]),
    ...(rule ? rule(metric[first] as never, at.child(first)) : []),
    ...(expected ? [] : [notSupported(at.child('type'), metric.type, Object.keys(sourceOf).sort())]),
    ...(expected && metric[expected] === undefined
      ? [required(at.child(expected), 'must populate information for the given metric source')]
      : []),
    ...(present.length > 1 ? present : [])
      .filter((source) => source !== expected)
      .map((source) => forbiddenField(at.child(source), 'must populate the given metric source only')),
  ];
}
