import { forbidden, type AdmissionRequest, type StatusError } from '@shiplog/domain';

/** 403 as admission words it; an object whose name was made from generateName goes by that. */
export function refuse({ resource, name, object, operation }: AdmissionRequest, why: string): StatusError {
  const shown = operation === 'CREATE' ? (object?.metadata.generateName ?? name) : name;
  return forbidden(resource, shown, why);
}

/** Whether a request is about this resource itself, or the subresource if one is named. */
export const isAbout = (
  { resource, subresource }: AdmissionRequest,
  group: string,
  plural: string,
  asked = '',
): boolean => resource.plural === plural && resource.group === group && subresource === asked;
