import { deepEqual } from '../../../api/deep-equal.js';
import { duplicate, forbiddenField, invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Node } from '../../../api/generated/types.js';
import { cidrProblems, parseCidr } from '../../ip-address.js';
import { inFormat } from '../../rules.js';
import { validateResourceQuantity } from '../pod-spec/resources.validation.js';
import { validateTaints } from '../pod-spec/toleration.validation.js';

const onlyOnce = (field: string): string => `node updates may not change ${field} except from "" to valid`;

function validatePodCidrs(cidrs: readonly string[], at: FieldPath): FieldError[] {
  const families = new Set(cidrs.map((cidr) => parseCidr(cidr)?.family));
  return [
    ...cidrs.flatMap((cidr, i) => inFormat(cidrProblems, cidr, at.index(i))),
    ...(cidrs.length > 2 || (cidrs.length === 2 && families.size < 2)
      ? [invalid(at, cidrs, 'may specify no more than one CIDR for each IP family')]
      : []),
  ];
}

const avoidedPods = 'scheduler.alpha.kubernetes.io/preferAvoidPods';

/** An annotation of old, still read: JSON or nothing. */
function validateAvoidedPods(text: string | undefined, at: FieldPath): FieldError[] {
  if (!text) return [];
  try {
    JSON.parse(text);
    return [];
  } catch {
    return [
      invalid(at.child('AvoidPods'), avoidedPods, `invalid character '${text[0]}' looking for beginning of value`),
    ];
  }
}

const featureName = /^[A-Z][A-Za-z0-9]*(\/[A-Z][A-Za-z0-9]*)*$/;

function validateDeclaredFeatures(features: readonly string[], at: FieldPath): FieldError[] {
  return features.flatMap((feature, i) => {
    const previous = features[i - 1];
    return [
      ...(featureName.test(feature)
        ? []
        : [
            invalid(
              at.index(i),
              feature,
              `invalid feature name ${JSON.stringify(feature)}: must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes`,
            ),
          ]),
      ...(previous === feature ? [duplicate(at.index(i), feature)] : []),
      ...(previous !== undefined && previous > feature
        ? [invalid(at.index(i), feature, 'list must be sorted alphabetically')]
        : []),
    ];
  });
}

/** What a node says about itself, in every write. */
const validateStatements = ({ metadata, status }: Pick<Node, 'metadata' | 'status'>, at: FieldPath): FieldError[] => [
  ...validateDeclaredFeatures(status?.declaredFeatures ?? [], at.child('status', 'declaredFeatures')),
  ...validateAvoidedPods(metadata.annotations?.[avoidedPods], at.child('metadata', 'annotations')),
];

/** Rules of the API reference for Node. Pure; reports every violation, each with its field path. */
export function validateNode({ metadata, spec, status }: Node, at: FieldPath): FieldError[] {
  return [
    ...validateTaints(spec?.taints ?? [], at.child('metadata', 'taints')),
    ...(['capacity', 'allocatable'] as const).flatMap((list) =>
      Object.entries(status?.[list] ?? {}).flatMap(([name, quantity]) =>
        validateResourceQuantity(name, quantity, at.child('status', list, name)),
      ),
    ),
    ...validatePodCidrs(spec?.podCIDRs ?? [], at.child('spec', 'podCIDRs')),
    ...validateStatements({ metadata, status }, at),
  ];
}

/** Pod ranges and the provider's id are given once. */
export function validateNodeUpdate(next: Node, current: Node, at: FieldPath): FieldError[] {
  const path = at.child('spec');
  const addresses = next.status?.addresses ?? [];
  const given = current.spec?.podCIDRs ?? [];
  return [
    ...addresses.flatMap((address, i) =>
      addresses.slice(0, i).some((other) => deepEqual(other, address))
        ? [duplicate(at.child('status', 'addresses').index(i), address)]
        : [],
    ),
    ...(given.length > 0 && !deepEqual(given, next.spec?.podCIDRs ?? [])
      ? [forbiddenField(path.child('podCIDRs'), onlyOnce('podCIDR'))]
      : []),
    ...(current.spec?.providerID && current.spec.providerID !== next.spec?.providerID
      ? [forbiddenField(path.child('providerID'), onlyOnce('providerID'))]
      : []),
    ...(next.spec?.externalID === current.spec?.externalID
      ? []
      : [forbiddenField(path.child('externalID'), 'may not be updated')]),
  ];
}

export const validateNodeStatusUpdate = (next: Node, current: Node, at: FieldPath): FieldError[] => [
  ...validateStatements(next, at),
  ...validateNodeUpdate(next, current, at),
];
