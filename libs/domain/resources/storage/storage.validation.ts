import { invalid, required, tooLong, type FieldError } from '../../api/field-error.js';
import type { FieldPath } from '../../api/field-path.js';
import { isDnsSubdomain, isQualifiedName } from '../../api/names.js';
import { inFormat } from '../rules.js';

const maxParameters = 512;
const maxParameterBytes = 256 * 1024;
const maxDriverName = 63;

/** Who provisions volumes: a qualified name, in whatever case. */
export const validateProvisioner = (provisioner: string | undefined, at: FieldPath): FieldError[] =>
  provisioner
    ? isQualifiedName(provisioner.toLowerCase()).map((text) => invalid(at, provisioner, text))
    : [required(at)];

/** What a provisioner is told. Its meaning is the provisioner's. */
export function validateParameters(parameters: Record<string, string> = {}, at: FieldPath): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > maxParameters) return [tooLong(at, maxParameters)];
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...(parameters[''] === undefined ? [] : [invalid(at, '', 'field can not be empty.')]),
    ...(bytes > maxParameterBytes ? [tooLong(at, maxParameterBytes)] : []),
  ];
}

export function validateDriverName(name: string | undefined, at: FieldPath): FieldError[] {
  if (!name) return [required(at)];
  return [
    ...(Buffer.byteLength(name) > maxDriverName ? [tooLong(at, maxDriverName)] : []),
    ...inFormat((text) => isDnsSubdomain(text.toLowerCase()), name, at),
  ];
}
