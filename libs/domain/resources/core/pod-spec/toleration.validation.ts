import { all, each } from '../../../api/findings.js';
import { invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Taint, Toleration } from '../../../api/generated/types.js';
import { isLabelValue, isQualifiedName } from '../../../api/names.js';
import { inFormat } from '../../rules.js';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const validateEffect = (effect: string, at: FieldPath): FieldError[] =>
  effects.includes(effect) ? [] : [notSupported(at, effect, effects)];

function validateOperator({ operator, value }: Toleration, at: FieldPath): FieldError[] {
  switch (operator || undefined) {
    case undefined:
    case 'Equal': {
      const problems = isLabelValue(value ?? '');
      return problems.length === 0 ? [] : [invalid(at.child('operator'), value, problems.join(';'))];
    }
    case 'Exists':
      return value ? [invalid(at.child('operator'), value, "value must be empty when `operator` is 'Exists'")] : [];
    case 'Lt':
    case 'Gt':
      return [notSupported(at.child('operator'), operator, ['Equal', 'Exists', 'Lt', 'Gt'])];
    default:
      return [notSupported(at.child('operator'), operator, ['Equal', 'Exists'])];
  }
}

export const validateTolerations = (tolerations: readonly Toleration[], at: FieldPath): FieldError[] =>
  each(tolerations, (toleration, i) => {
    const { key, operator, effect, tolerationSeconds } = toleration;
    const path = at.index(i);
    return all(
      key ? inFormat(isQualifiedName, key, path.child('key')) : [],
      !key && operator !== 'Exists'
        ? [
            invalid(
              path.child('operator'),
              operator ?? '',
              'operator must be Exists when `key` is empty, which means "match all values and all keys"',
            ),
          ]
        : [],
      tolerationSeconds !== undefined && effect !== 'NoExecute'
        ? [invalid(path.child('effect'), effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set")]
        : [],
      validateOperator(toleration, path),
      effect ? validateEffect(effect, path.child('effect')) : [],
    );
  });

/** A node's taints are unique by key and effect. */
export const validateTaints = (taints: readonly Taint[], at: FieldPath): FieldError[] =>
  each(taints, (taint, i) => {
    const { key, value, effect } = taint;
    const path = at.index(i);
    const valueProblems = isLabelValue(value ?? '');
    return all(
      inFormat(isQualifiedName, key, path.child('key')),
      valueProblems.length === 0 ? [] : [invalid(path.child('value'), value, valueProblems.join(';'))],
      effect ? validateEffect(effect, path.child('effect')) : [required(path.child('effect'))],
      taints.slice(0, i).some((other) => other.key === key && other.effect === effect)
        ? [
            {
              reason: 'FieldValueDuplicate' as const,
              field: path.toString(),
              message: `Duplicate value: ${JSON.stringify(taint)}: taints must be unique by key and effect pair`,
            },
          ]
        : [],
    );
  });
