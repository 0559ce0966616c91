import { deepEqual } from '../../../api/deep-equal.js';
import {
  duplicate,
  forbiddenField,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  FlowcontrolSubject,
  FlowSchema,
  FlowSchemaSpec,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
} from '../../../api/generated/types.js';
import { isDnsLabel, isDnsSubdomain } from '../../../api/names.js';
import { inFormat } from '../../rules.js';
import { mandatoryFlowSchemaSpecs } from '../mandatory-specs.js';
import { flowSchemaAsQuoted } from './flow-schema.quoted.js';

const highestPrecedence = 10_000;
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const distinguishers = ['ByNamespace', 'ByUser'];

/** Rules of the API reference for FlowSchema. Pure; reports every violation. */
export function validateFlowSchema({ metadata, spec, status }: FlowSchema, at: FieldPath): FieldError[] {
  const name = metadata.name ?? '';
  const path = at.child('spec');
  const fixed = mandatoryFlowSchemaSpecs[name];
  return [
    ...validateSpec(name, spec ?? {}, path),
    ...(fixed && !deepEqual(spec, fixed)
      ? [invalid(path, flowSchemaAsQuoted(spec), `spec of '${name}' must equal the fixed value`)]
      : []),
    ...validateConditions(status?.conditions ?? [], at.child('status', 'conditions')),
  ];
}

/** Conditions of either kind: each type once. */
export const validateConditions = (conditions: readonly { readonly type?: string }[], at: FieldPath): FieldError[] =>
  conditions.flatMap(({ type }, i) => [
    ...(conditions.slice(0, i).some((earlier) => earlier.type === type)
      ? [duplicate(at.index(i).child('type'), type)]
      : []),
    ...(type ? [] : [required(at.index(i).child('type'))]),
  ]);

function validateSpec(name: string, spec: Partial<FlowSchemaSpec>, at: FieldPath): FieldError[] {
  const { priorityLevelConfiguration: level, distinguisherMethod, rules = [] } = spec;
  const levelAt = at.child('priorityLevelConfiguration', 'name');
  return [
    ...validatePrecedence(name, spec.matchingPrecedence ?? 0, at.child('matchingPrecedence')),
    ...(distinguisherMethod && !distinguishers.includes(distinguisherMethod.type)
      ? [notSupported(at.child('distinguisherMethod', 'type'), { Type: distinguisherMethod.type }, distinguishers)]
      : []),
    ...(level?.name
      ? inFormat(isDnsSubdomain, level.name, levelAt)
      : [required(levelAt, 'must reference a priority level')]),
    ...rules.flatMap((rule, i) => validateRule(rule, at.child('rules').index(i))),
  ];
}

function validatePrecedence(name: string, precedence: number, at: FieldPath): FieldError[] {
  if (precedence <= 0) return [invalid(at, precedence, 'must be a positive value')];
  if (precedence > highestPrecedence) return [invalid(at, precedence, `must not be greater than ${highestPrecedence}`)];
  return precedence === 1 && name !== 'exempt'
    ? [invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")]
    : [];
}

function validateRule(rule: Partial<PolicyRulesWithSubjects>, at: FieldPath): FieldError[] {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  return [
    ...(subjects.length === 0 ? [required(at.child('subjects'), 'subjects must contain at least one value')] : []),
    ...subjects.flatMap((subject, i) => validateSubject(subject, at.child('subjects').index(i))),
    ...(resourceRules.length + nonResourceRules.length === 0
      ? [required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty')]
      : []),
    ...resourceRules.flatMap((one, i) => validateResourceRule(one, at.child('resourceRules').index(i))),
    ...nonResourceRules.flatMap((one, i) => validateNonResourceRule(one, at.child('nonResourceRules').index(i))),
  ];
}

type Subject = Partial<FlowcontrolSubject>;

const memberOfKind = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;
const subjectKinds = Object.keys(memberOfKind) as (keyof typeof memberOfKind)[];

/** A subject is described by the member that its kind names, and by no other. */
function validateSubject(subject: Subject, at: FieldPath): FieldError[] {
  const kind = subjectKinds.find((one) => one === subject.kind);
  if (!kind) return [notSupported(at.child('kind'), subject.kind ?? '', subjectKinds)];
  const member = memberOfKind[kind];
  const others = subjectKinds.filter((other) => other !== kind && subject[memberOfKind[other]]);
  return [
    ...(subject[member]
      ? describe(kind, subject, at.child(member))
      : [required(at.child(member), `${member} is required when subject kind is '${kind}'`)]),
    ...others.map((other) =>
      forbiddenField(
        at.child(memberOfKind[other]),
        `${memberOfKind[other]} is forbidden when subject kind is not '${other}'`,
      ),
    ),
  ];
}

function describe(kind: keyof typeof memberOfKind, subject: Subject, at: FieldPath): FieldError[] {
  const { name, namespace }: { name?: string; namespace?: string } = subject[memberOfKind[kind]] ?? {};
  if (!name && kind !== 'ServiceAccount') return [required(at.child('name'))];
  if (kind !== 'ServiceAccount') return [];
  return [
    ...(!name ? [required(at.child('name'))] : name === '*' ? [] : inFormat(isDnsSubdomain, name, at.child('name'))),
    ...(namespace
      ? inFormat(isDnsLabel, namespace, at.child('namespace'))
      : [required(at.child('namespace'), 'must specify namespace for service account')]),
  ];
}

/** `*` stands alone or not at all. */
const wildcardAlone = (values: readonly string[], what: string, at: FieldPath): FieldError[] =>
  values.includes('*') && values.length > 1
    ? [invalid(at, values, `if '*' is present, must not specify other ${what}`)]
    : [];

function validateVerbs(given: readonly string[], at: FieldPath): FieldError[] {
  if (given.length === 0) return [required(at, 'verbs must contain at least one value')];
  if (given.includes('*')) return wildcardAlone(given, 'verbs', at);
  return given.every((verb) => verbs.includes(verb)) ? [] : [notSupported(at, given, verbs)];
}

function validateResourceRule(rule: Partial<ResourcePolicyRule>, at: FieldPath): FieldError[] {
  const { apiGroups = [], resources = [] } = rule;
  return [
    ...validateVerbs(rule.verbs ?? [], at.child('verbs')),
    ...(apiGroups.length === 0
      ? [required(at.child('apiGroups'), 'resource rules must supply at least one api group')]
      : wildcardAlone(apiGroups, 'api groups', at.child('apiGroups'))),
    ...(resources.length === 0
      ? [required(at.child('resources'), 'resource rules must supply at least one resource')]
      : wildcardAlone(resources, 'resources', at.child('resources'))),
    ...validateNamespaces(rule, at.child('namespaces')),
  ];
}

function validateNamespaces(
  { namespaces = [], clusterScope }: Partial<ResourcePolicyRule>,
  at: FieldPath,
): FieldError[] {
  if (namespaces.length === 0 && !clusterScope)
    return [required(at, 'resource rules that are not cluster scoped must supply at least one namespace')];
  if (namespaces.includes('*')) return wildcardAlone(namespaces, 'namespaces', at);
  return namespaces.flatMap((namespace, i) =>
    isDnsLabel(namespace).map((text) =>
      invalid(at.index(i), namespace, `each member of this list must be '*' or a DNS-1123 label; ${text}`),
    ),
  );
}

function validateNonResourceRule(rule: Partial<NonResourcePolicyRule>, at: FieldPath): FieldError[] {
  const { nonResourceURLs: urls = [] } = rule;
  const urlsAt = at.child('nonResourceURLs');
  return [
    ...validateVerbs(rule.verbs ?? [], at.child('verbs')),
    ...(urls.length === 0
      ? [required(urlsAt, 'nonResourceURLs must contain at least one value')]
      : urls.includes('*')
        ? wildcardAlone(urls, 'non-resource URLs', urlsAt)
        : urls.flatMap((url, i) => urlProblem(url).map((text) => invalid(urlsAt.index(i), url, text)))),
  ];
}

function urlProblem(url: string): string[] {
  if (url === '') return ['must not be empty'];
  if (!url.startsWith('/')) return ['must start with slash'];
  if (url.includes(' ')) return ['must not contain white-space'];
  if (url.includes('//')) return ['must not contain double slash'];
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? ['wildcard can only do suffix matching'] : [];
}
