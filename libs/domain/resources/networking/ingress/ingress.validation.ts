import { invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressRule,
  IngressServiceBackend,
  IngressSpec,
  TypedLocalObjectReference,
} from '../../../api/generated/types.js';
import {
  isDnsLabel,
  isDnsSubdomain,
  isPathSegmentName,
  isPortName,
  isPortNumber,
  maxLength,
} from '../../../api/names.js';
import { parseIp } from '../../ip-address.js';
import { inFormat } from '../../rules.js';

/** Named the class before there was a field for it. */
export const ingressClassAnnotation = 'kubernetes.io/ingress.class';

const maxHostLength = 253;
const wildcardFormat = '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

const isWildcard = (host: string): string[] => [
  ...(host.length > maxHostLength ? [maxLength(maxHostLength)] : []),
  ...(new RegExp(`^${wildcardFormat}$`).test(host)
    ? []
    : [
        `a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '${wildcardFormat}')`,
      ]),
];

const isHost = (host: string): string[] => (host.includes('*') ? isWildcard(host) : isDnsSubdomain(host));

export function validateObjectReference(
  { apiGroup, kind, name }: TypedLocalObjectReference,
  at: FieldPath,
): FieldError[] {
  const segment = (field: string, value: string | undefined): FieldError[] =>
    value ? inFormat(isPathSegmentName, value, at.child(field)) : [required(at.child(field))];
  return [
    ...(apiGroup === undefined ? [] : inFormat(isDnsSubdomain, apiGroup, at.child('apiGroup'))),
    ...segment('kind', kind),
    ...segment('name', name),
  ];
}

function validateServicePort({ port = {} }: IngressServiceBackend, at: FieldPath): FieldError[] {
  const path = at.child('service', 'port');
  const { name, number } = port;
  if (name && number) return [invalid(at, '', 'cannot set both port name & port number')];
  if (name) return inFormat(isPortName, name, path.child('name'));
  if (number) return isPortNumber(number).map((text) => invalid(path.child('number'), number, text));
  return [required(at, 'port name or number is required')];
}

function validateBackend({ service, resource }: IngressBackend, at: FieldPath): FieldError[] {
  if (resource && service) return [invalid(at, '', 'cannot set both resource and service backends')];
  if (resource) return validateObjectReference(resource, at.child('resource'));
  if (!service) return [invalid(at, '', 'resource or service backend is required')];
  const name = at.child('service', 'name');
  return [
    ...(service.name ? inFormat(isDnsLabel, service.name, name) : [required(name)]),
    ...validateServicePort(service, at),
  ];
}

const sequences = ['//', '/./', '/../', '%2f', '%2F'];
const endings = ['/..', '/.'];

function pathProblems({ path = '', pathType }: HTTPIngressPath): string[] {
  const relative = path.startsWith('/') ? [] : ['must be an absolute path'];
  if (pathType === 'ImplementationSpecific') return path === '' ? [] : relative;
  return [
    ...relative,
    ...sequences.filter((text) => path.includes(text)).map((text) => `must not contain '${text}'`),
    ...endings.filter((text) => path.endsWith(text)).map((text) => `cannot end with '${text}'`),
  ];
}

function validatePath(path: HTTPIngressPath, at: FieldPath): FieldError[] {
  const { pathType, backend = {} } = path;
  if (!pathType) return [required(at.child('pathType'), 'pathType must be specified')];
  const supported = ['Exact', 'ImplementationSpecific', 'Prefix'];
  return [
    ...(supported.includes(pathType)
      ? pathProblems(path).map((text) => invalid(at.child('path'), path.path ?? '', text))
      : [notSupported(at.child('pathType'), pathType, supported)]),
    ...validateBackend(backend, at.child('backend')),
  ];
}

function validateRule({ host, http }: IngressRule, at: FieldPath): FieldError[] {
  const paths = http?.paths ?? [];
  const path = at.child('http', 'paths');
  return [
    ...(host && parseIp(host) ? [invalid(at.child('host'), host, 'must be a DNS name, not an IP address')] : []),
    ...(host ? inFormat(isHost, host, at.child('host')) : []),
    ...(http && paths.length === 0 ? [required(path)] : []),
    ...paths.flatMap((one, i) => validatePath(one, path.index(i))),
  ];
}

/** Rules of the API reference for Ingress. Pure; reports every violation, each with its field path. */
export function validateIngress(ingress: Ingress, root: FieldPath): FieldError[] {
  const { rules, defaultBackend, tls = [], ingressClassName } = ingress.spec ?? ({} as IngressSpec);
  const at = root.child('spec');
  return [
    ...((rules ?? []).length === 0 && !defaultBackend
      ? [invalid(at, rules ?? null, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(defaultBackend ? validateBackend(defaultBackend, at.child('defaultBackend')) : []),
    ...(rules ?? []).flatMap((rule, i) => validateRule(rule, at.child('rules').index(i))),
    ...tls.flatMap(({ hosts = [], secretName }, i) => [
      ...hosts.flatMap((host, j) => inFormat(isHost, host, at.child('tls').index(i).child('hosts').index(j))),
      ...(secretName ? inFormat(isDnsSubdomain, secretName, at.child('tls').index(i).child('secretName')) : []),
    ]),
    ...(ingressClassName === undefined ? [] : inFormat(isDnsSubdomain, ingressClassName, at.child('ingressClassName'))),
  ];
}

/** Who names the class twice names the same one. */
export function validateNewIngress({ metadata, spec }: Ingress, at: FieldPath): FieldError[] {
  const annotated = metadata.annotations?.[ingressClassAnnotation];
  const { ingressClassName } = spec ?? {};
  return annotated === undefined || ingressClassName === undefined || annotated === ingressClassName
    ? []
    : [
        invalid(
          at.child('annotations', ingressClassAnnotation),
          annotated,
          'must match `ingressClassName` when both are specified',
        ),
      ];
}
