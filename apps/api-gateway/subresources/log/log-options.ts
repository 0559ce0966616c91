import { badRequest, FieldPath, forbiddenField, invalid, invalidObject, type FieldError } from '@shiplog/domain';
import { isSet } from '../../request/request-info.js';

const numbers = ['sinceSeconds', 'tailLines', 'limitBytes'] as const;
const switches = ['follow', 'previous', 'timestamps'] as const;

/** The options as a whole: the reference's path for it, which clients see as a cause's field. */
const options = FieldPath.root.key('');
const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));

type Numbers = Partial<Record<(typeof numbers)[number], number>>;

function readNumbers(query: URLSearchParams): Numbers {
  const given: Numbers = {};
  for (const name of numbers) {
    const text = query.get(name);
    if (text === null || text === '') continue;
    if (!/^-?[0-9]{1,18}$/.test(text))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    given[name] = Number(text);
  }
  return given;
}

/** The query of pods/log as the node's agent takes it. Choosing one of the two streams is not part of v1.36. @throws BadRequest, Invalid */
export function logParameters(query: URLSearchParams, pod: string): URLSearchParams {
  const given = readNumbers(query);
  const sinceTime = query.get('sinceTime') ?? '';
  if (sinceTime !== '' && !isTime(sinceTime))
    throw badRequest(`parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00"`);
  const errors = problems(given, sinceTime, query.has('stream'));
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, pod, errors);
  const parameters = new URLSearchParams();
  for (const name of switches) if (isSet(query, name)) parameters.set(name, 'true');
  for (const name of numbers) if (given[name] !== undefined) parameters.set(name, String(given[name]));
  if (sinceTime !== '') parameters.set('sinceTime', sinceTime);
  return parameters;
}

function problems(
  { sinceSeconds, tailLines, limitBytes }: Numbers,
  sinceTime: string,
  picksStream: boolean,
): FieldError[] {
  const at = (name: string): FieldPath => FieldPath.of(name);
  return [
    ...(tailLines !== undefined && tailLines < 0
      ? [invalid(at('tailLines'), tailLines, 'must be greater than or equal to 0')]
      : []),
    ...(limitBytes !== undefined && limitBytes < 1
      ? [invalid(at('limitBytes'), limitBytes, 'must be greater than 0')]
      : []),
    ...(sinceSeconds !== undefined && sinceTime !== ''
      ? [forbiddenField(options, 'at most one of `sinceTime` or `sinceSeconds` may be specified')]
      : sinceSeconds !== undefined && sinceSeconds < 1
        ? [invalid(at('sinceSeconds'), sinceSeconds, 'must be greater than 0')]
        : []),
    ...(picksStream ? [forbiddenField(at('stream'), 'may not be specified')] : []),
  ];
}
