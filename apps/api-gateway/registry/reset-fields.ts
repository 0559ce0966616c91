import { fieldElement, fieldSetOf, type AnyResource, type FieldSet } from '@shiplog/domain';

const status = fieldSetOf([fieldElement('status')]);
const spec = fieldSetOf([fieldElement('spec')]);

/** What an endpoint ignores in requests, so that nobody comes to own it there: the status on the resource itself, the spec on its status. */
export function resetFieldsOf({ subresources }: AnyResource, subresource: string): FieldSet | undefined {
  if (subresource === 'status') return spec;
  return subresource === '' && subresources.includes('status') ? status : undefined;
}
