import { duplicate, forbiddenField, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { LimitRange, LimitRangeItem } from '../../../api/generated/types.js';
import { isQualifiedName } from '../../../api/names.js';
import { compareQuantities, parseQuantity, printQuantity, type Quantity } from '../../../api/quantity.js';
import { inFormat } from '../../rules.js';
import { overcommits, validateContainerResourceName, validateResourceName } from '../pod-spec/resources.validation.js';

const types = ['Container', 'PersistentVolumeClaim', 'Pod'];
const oneUnit = 1_000_000_000n;
const fields = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type Field = (typeof fields)[number];

function validateType(type: string | undefined, at: FieldPath): FieldError[] {
  const format = inFormat(isQualifiedName, type ?? '', at);
  if (format.length > 0 || type?.includes('/') || types.includes(type ?? '')) return format;
  return [invalid(at, type ?? '', 'must be a standard limit type or fully qualified')];
}

/** Pods have no defaults: their containers have. */
function checkedFields({ type }: LimitRangeItem): readonly Field[] {
  return type === 'Pod' ? fields.filter((field) => field !== 'default' && field !== 'defaultRequest') : fields;
}

/** The amounts of one resource, which must fit together. */
function validateAmounts(item: LimitRangeItem, name: string, at: FieldPath): FieldError[] {
  const given = new Set(checkedFields(item));
  const amount = (field: Field): Quantity | undefined => {
    const text = given.has(field) ? item[field]?.[name] : undefined;
    return text === undefined ? undefined : parseQuantity(text);
  };
  const [min, max] = [amount('min'), amount('max')];
  const [limit, request, ratio] = [amount('default'), amount('defaultRequest'), amount('maxLimitRequestRatio')];
  const exceeds = (
    low: Quantity | undefined,
    high: Quantity | undefined,
    field: Field,
    [lowName, highName]: readonly [string, string],
  ): FieldError[] =>
    low && high && compareQuantities(low, high) > 0
      ? [
          invalid(
            at.child(field).key(name),
            item[field]?.[name],
            `${lowName} value ${printQuantity(low)} is greater than ${highName} value ${printQuantity(high)}`,
          ),
        ]
      : [];
  return [
    ...exceeds(min, max, 'min', ['min', 'max']),
    ...exceeds(min, request, 'defaultRequest', ['min', 'default request']),
    ...exceeds(request, max, 'defaultRequest', ['default request', 'max']),
    ...exceeds(request, limit, 'defaultRequest', ['default request', 'default limit']),
    ...exceeds(min, limit, 'default', ['min', 'default']),
    ...exceeds(limit, max, 'default', ['default', 'max']),
    ...validateRatio(ratio, min, max, at.child('maxLimitRequestRatio').key(name)),
    ...(limit && request && !overcommits(name) && compareQuantities(limit, request) !== 0
      ? [
          invalid(
            at.child('defaultRequest').key(name),
            item.defaultRequest?.[name],
            `default value ${printQuantity(limit)} must equal to defaultRequest value ${printQuantity(request)} in ${name}`,
          ),
        ]
      : []),
  ];
}

function validateRatio(
  ratio: Quantity | undefined,
  min: Quantity | undefined,
  max: Quantity | undefined,
  at: FieldPath,
): FieldError[] {
  if (!ratio) return [];
  const text = printQuantity(ratio);
  const most = min && max ? Number(max.nano) / Number(min.nano) : Infinity;
  return [
    ...(ratio.nano < oneUnit ? [invalid(at, text, `ratio ${text} is less than 1`)] : []),
    ...(Number(ratio.nano) / Number(oneUnit) > most
      ? [invalid(at, text, `ratio ${text} is greater than max/min = ${most.toFixed(6)}`)]
      : []),
  ];
}

function validateItem(item: LimitRangeItem, at: FieldPath): FieldError[] {
  const { type } = item;
  const checked = checkedFields(item);
  const nameRule = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName;
  const names = new Set(checked.flatMap((field) => Object.keys(item[field] ?? {})));
  return [
    ...checked.flatMap((field) =>
      Object.keys(item[field] ?? {}).flatMap((name) => nameRule(name, at.child(field).key(name))),
    ),
    ...fields
      .filter((field) => !checked.includes(field) && Object.keys(item[field] ?? {}).length > 0)
      .map((field) => forbiddenField(at.child(field), "may not be specified when `type` is 'Pod'")),
    ...(type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined
      ? [required(at.child('limits'), 'either minimum or maximum storage value is required, but neither was provided')]
      : []),
    ...[...names].flatMap((name) => validateAmounts(item, name, at)),
  ];
}

/** Rules of the API reference for LimitRange. Pure; reports every violation, each with its field path. */
export function validateLimitRange({ spec }: LimitRange, root: FieldPath): FieldError[] {
  const items = spec?.limits ?? [];
  return items.flatMap((item, i) => {
    const at = root.child('spec', 'limits').index(i);
    return [
      ...validateType(item.type, at.child('type')),
      ...(items.findIndex(({ type }) => type === item.type) < i ? [duplicate(at.child('type'), item.type)] : []),
      ...validateItem(item, at),
    ];
  });
}
