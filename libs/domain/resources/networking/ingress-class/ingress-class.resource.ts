import { forbiddenField, invalid, required, tooLong, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { IngressClass, IngressClassSpec } from '../../../api/generated/types.js';
import { isDnsLabel, isDnsSubdomain } from '../../../api/names.js';
import { ageColumn, column } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { fieldIsImmutable, inFormat, requiredOneOf } from '../../rules.js';
import { validateObjectReference } from '../ingress/ingress.validation.js';

const defaultMark = 'ingressclass.kubernetes.io/is-default-class';
const maxController = 250;

/** IngressClass: who serves the Ingresses of this class. */
export const ingressClass = defineResource<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  defaults: ({ spec }) => {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
  },
  validate: ({ spec }, at) => [
    ...validateController(spec?.controller ?? '', at.child('spec', 'controller')),
    ...(spec?.parameters ? validateParameters(spec.parameters, at.child('spec', 'parameters')) : []),
  ],
  validateUpdate: (next, current, at) =>
    next.spec?.controller === current.spec?.controller
      ? []
      : [invalid(at.child('spec', 'controller'), next.spec?.controller ?? '', fieldIsImmutable)],
  columns: [
    column(
      'Name',
      'string',
      ({ metadata }) => `${metadata.name ?? ''}${metadata.annotations?.[defaultMark] === 'true' ? ' (default)' : ''}`,
      { format: 'name', description: 'Name of the class; the default one is marked.' },
    ),
    column('Controller', 'string', ({ spec }) => spec?.controller ?? ''),
    column('Parameters', 'string', ({ spec }) => parametersText(spec?.parameters)),
    ageColumn,
  ],
});

type Parameters = NonNullable<IngressClassSpec['parameters']>;

const parametersText = (parameters: Parameters | undefined): string => {
  if (!parameters) return '<none>';
  const { kind, apiGroup, name } = parameters;
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`;
};

/** A path below a domain: `example.com/ingress-controller`. */
function validateController(controller: string, at: FieldPath): FieldError[] {
  const long = Buffer.byteLength(controller) > maxController ? [tooLong(at, maxController)] : [];
  if (controller === '') return [required(at)];
  const slash = controller.indexOf('/');
  if (slash < 1 || slash === controller.length - 1)
    return [...long, invalid(at, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const [domain, path] = [controller.slice(0, slash), controller.slice(slash + 1)];
  const format = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
  return [
    ...long,
    ...inFormat(isDnsSubdomain, domain, at),
    ...(new RegExp(`^${format}$`).test(path)
      ? []
      : [invalid(at, path, `Invalid path (regex used for validation is '${format}')`)]),
  ];
}

function validateParameters({ scope, namespace, ...reference }: Parameters, at: FieldPath): FieldError[] {
  const path = at.child('namespace');
  const placed = (): FieldError[] => {
    if (scope === 'Namespace' && namespace === undefined)
      return [required(path, "`parameters.scope` is set to 'Namespace'")];
    if (scope === 'Namespace') return inFormat(isDnsLabel, namespace ?? '', path);
    return scope === 'Cluster' && namespace !== undefined
      ? [forbiddenField(path, "`parameters.scope` is set to 'Cluster'")]
      : [];
  };
  return [
    ...validateObjectReference(reference, at),
    ...requiredOneOf(scope, ['Cluster', 'Namespace'], at.child('scope')),
    ...placed(),
  ];
}
