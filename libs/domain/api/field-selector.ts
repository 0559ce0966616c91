import { badRequest } from './status-error.js';

/** One comparison of a field selector. Several hold together. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Splits at commas that no backslash precedes; the backslashes stay for the values. */
function terms(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      found.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...found, text.slice(start)].filter((term) => term !== '');
}

function unescaped(value: string): string {
  let plain = '';
  for (let i = 0; i < value.length; i++) {
    const c = value.charAt(i);
    if (c === '\\') {
      const escaped = value.charAt(++i);
      if (escaped === '' || !'\\,='.includes(escaped))
        throw badRequest(`invalid field selector: invalid escape sequence: \\${escaped}`);
      plain += escaped;
    } else if (c === ',' || c === '=')
      throw badRequest(`invalid field selector: unescaped character in value: ${c.charCodeAt(0)}`);
    else plain += c;
  }
  return plain;
}

/**
 * The string form: `metadata.name=web-1,status.phase!=Running`; `==` means `=`; `\,` `\=` `\\` are literal.
 * Which fields a kind can be selected by is the caller's business.
 * @throws StatusError BadRequest, worded as clients know it.
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return terms(text)
    .sort()
    .map((term) => {
      const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
      if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      const [, field = '', operator, value = ''] = match;
      return { field, operator: operator === '!=' ? '!=' : '=', value: unescaped(value) };
    });
}

export const escapeFieldValue = (value: string): string => value.replace(/[\\,=]/g, (c) => `\\${c}`);

/** Whether an object is selected, given how to read a field of it. Pure. */
export const matchesFields = (requirements: readonly FieldRequirement[], valueOf: (field: string) => string): boolean =>
  requirements.every(({ field, operator, value }) => (valueOf(field) === value) === (operator === '='));
