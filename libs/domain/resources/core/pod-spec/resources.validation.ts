import { all, each, eachEntry } from '../../../api/findings.js';
import {
  duplicate,
  forbiddenField,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PodResourceClaim, ResourceRequirements } from '../../../api/generated/types.js';
import { isDnsLabel, isQualifiedName } from '../../../api/names.js';
import { compareQuantities, parseQuantity, type Quantity } from '../../../api/quantity.js';
import { inFormat } from '../../rules.js';

const containerResources = ['cpu', 'memory', 'ephemeral-storage'];
const standardResources = [
  ...containerResources,
  ...each(containerResources, (name) => [`requests.${name}`, `limits.${name}`]),
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
];
const podResources = ['cpu', 'memory'];
const hugePagePrefix = 'hugepages-';
/** Quantities count billionths. */
const oneUnit = 1_000_000_000n;

export const isHugePages = (name: string): boolean => name.startsWith(hugePagePrefix);
const isNative = (name: string): boolean =>
  !name.includes('/') || name.split('/')[0]?.endsWith('kubernetes.io') === true;
/** Only native resources that are not huge pages may be promised more than once. */
export const overcommits = (name: string): boolean => isNative(name) && !isHugePages(name);
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;

/** Quantities that cannot be split: pods, counts of objects and extended resources. */
const isWhole = (name: string): boolean =>
  [
    'pods',
    'resourcequotas',
    'services',
    'replicationcontrollers',
    'secrets',
    'configmaps',
    'persistentvolumeclaims',
    'services.nodeports',
    'services.loadbalancers',
  ].includes(name) || isExtended(name);

const standard = (name: string): boolean => standardResources.includes(name) || isHugePages(name);

export function validateResourceName(name: string, at: FieldPath): FieldError[] {
  const format = inFormat(isQualifiedName, name, at);
  if (format.length > 0 || name.includes('/')) return format;
  return standard(name) ? [] : [invalid(at, name, 'must be a standard resource type or fully qualified')];
}

export function validateContainerResourceName(name: string, at: FieldPath): FieldError[] {
  const errors = validateResourceName(name, at);
  if (!name.includes('/')) {
    return containerResources.includes(name) || isHugePages(name)
      ? errors
      : [...errors, invalid(at, name, 'must be a standard resource for containers')];
  }
  return isNative(name) || isExtended(name)
    ? errors
    : [...errors, invalid(at, name, "doesn't follow extended resource name standard")];
}

function validatePodResourceName(name: string, at: FieldPath): FieldError[] {
  const errors = validateResourceName(name, at);
  if (errors.length > 0 || podResources.includes(name) || isHugePages(name)) return errors;
  return [notSupported(at, name, ['cpu', 'hugepages-', 'memory'])];
}

/** A quantity of a resource is not negative, and whole where the resource cannot be split. */
export function validateResourceQuantity(name: string, text: string, at: FieldPath): FieldError[] {
  const quantity = parseQuantity(text);
  if (quantity === undefined) return [];
  return all(
    quantity.nano < 0n ? [invalid(at, text, 'must be greater than or equal to 0')] : [],
    isWhole(name) && quantity.nano % oneUnit !== 0n ? [invalid(at, text, 'must be an integer')] : [],
  );
}

function hugePageProblem(name: string, quantity: Quantity, text: string, at: FieldPath): FieldError[] {
  if (!isHugePages(name)) return [];
  const page = parseQuantity(name.slice(hugePagePrefix.length));
  const divisible = page !== undefined && page.nano > 0n && quantity.nano % page.nano === 0n;
  return divisible ? [] : [invalid(at, text, `${text} is not positive integer multiple of ${name}`)];
}

type NameRule = (name: string, at: FieldPath) => FieldError[];

function validateRequirements(
  { limits = {}, requests = {} }: ResourceRequirements,
  nameRule: NameRule,
  at: FieldPath,
): FieldError[] {
  const each = (list: Record<string, string>, field: string): FieldError[] =>
    eachEntry(list, (name, text) => {
      const path = at.child(field).key(name);
      const quantity = parseQuantity(text);
      return all(
        nameRule(name, path),
        validateResourceQuantity(name, text, path),
        quantity ? hugePageProblem(name, quantity, text, path) : [],
      );
    });
  const names = all(Object.keys(limits), Object.keys(requests));
  return all(
    each(limits, 'limits'),
    each(requests, 'requests'),
    eachEntry(requests, (name, request) => requestAgainstLimit(name, request, limits[name], at)),
    names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')
      ? [forbiddenField(at, 'HugePages require cpu or memory')]
      : [],
  );
}

function requestAgainstLimit(name: string, request: string, limit: string | undefined, at: FieldPath): FieldError[] {
  if (limit === undefined) {
    return overcommits(name)
      ? []
      : [required(at.child('limits'), 'Limit must be set for non overcommitable resources')];
  }
  const asked = parseQuantity(request);
  const allowed = parseQuantity(limit);
  if (!asked || !allowed) return [];
  const order = compareQuantities(asked, allowed);
  if (order !== 0 && !overcommits(name))
    return [invalid(at.child('requests'), request, `must be equal to ${name} limit of ${limit}`)];
  return order > 0
    ? [invalid(at.child('requests'), request, `must be less than or equal to ${name} limit of ${limit}`)]
    : [];
}

export function validateClaims(
  claims: readonly { name: string; request?: string }[],
  podClaims: readonly string[],
  at: FieldPath,
): FieldError[] {
  const clash = (a: { name: string; request?: string }, b: { name: string; request?: string }): boolean =>
    a.name === b.name && (a.request === b.request || !a.request || !b.request);
  return each(claims, (claim, i) =>
    all(
      claim.name ? [] : [required(at.index(i))],
      claim.name && claims.slice(0, i).some((other) => clash(other, claim)) ? [duplicate(at.index(i), claim.name)] : [],
      claim.request ? inFormat(isDnsLabel, claim.request, at.index(i).child('request')) : [],
      claim.name && !podClaims.includes(claim.name)
        ? [
            {
              reason: 'FieldValueNotFound' as const,
              field: at.index(i).toString(),
              message: `Not found: ${JSON.stringify(claim.name)}: must be one of the names in pod.spec.resourceClaims${podClaims.length === 0 ? ' which is empty' : `: ${[...podClaims].sort().join(', ')}`}`,
            },
          ]
        : [],
    ),
  );
}

export const validateContainerResources = (
  resources: ResourceRequirements,
  podClaims: readonly string[],
  at: FieldPath,
): FieldError[] =>
  all(
    validateRequirements(resources, validateContainerResourceName, at),
    validateClaims(resources.claims ?? [], podClaims, at.child('claims')),
  );

export const validatePodRequirements = (resources: ResourceRequirements, at: FieldPath): FieldError[] =>
  validateRequirements(resources, validatePodResourceName, at);

export function validatePodResourceClaims(claims: readonly PodResourceClaim[], at: FieldPath): FieldError[] {
  return each(claims, (claim, i) => {
    const path = at.index(i);
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    return all(
      name
        ? claims.findIndex((other) => other.name === name) < i
          ? [duplicate(path.child('name'), name)]
          : inFormat(isDnsLabel, name, path.child('name'))
        : [required(path.child('name'))],
      resourceClaimName !== undefined && resourceClaimTemplateName !== undefined
        ? [invalid(path, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified')]
        : resourceClaimName === undefined && resourceClaimTemplateName === undefined
          ? [invalid(path, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`')]
          : [],
    );
  });
}
