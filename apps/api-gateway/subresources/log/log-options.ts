import {
  badRequest,
  FieldPath,
  forbiddenField,
  invalid,
  invalidObject,
  notSupported,
  type FieldError,
} from '@shiplog/domain';
import { isSet } from '../../request/request-info.js';

const numbers = ['sinceSeconds', 'tailLines', 'limitBytes'] as const;
const switches = ['follow', 'previous', 'timestamps'] as const;
const streams = ['All', 'Stdout', 'Stderr'];

type Numbers = Partial<Record<(typeof numbers)[number], number>>;

function readNumbers(query: URLSearchParams): Numbers {
  const given: Numbers = {};
  for (const name of numbers) {
    const text = query.get(name);
    if (text === null || text === '') continue;
    if (!/^-?[0-9]{1,18}$/.test(text))
      throw badRequest(
        `unable to decode query parameters: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
      );
    given[name] = Number(text);
  }
  return given;
}

/** The query of pods/log as the node's agent takes it. @throws BadRequest, Invalid */
export function logParameters(query: URLSearchParams, pod: string): URLSearchParams {
  const given = readNumbers(query);
  const sinceTime = query.get('sinceTime') ?? '';
  const stream = query.get('stream') || 'All';
  const errors = problems(given, sinceTime, stream);
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, pod, errors);
  const parameters = new URLSearchParams();
  for (const name of switches) if (isSet(query, name)) parameters.set(name, 'true');
  for (const name of numbers) if (given[name] !== undefined) parameters.set(name, String(given[name]));
  if (sinceTime !== '') parameters.set('sinceTime', sinceTime);
  parameters.set('stream', stream);
  return parameters;
}

function problems({ sinceSeconds, tailLines, limitBytes }: Numbers, sinceTime: string, stream: string): FieldError[] {
  const at = (name: string): FieldPath => FieldPath.of(name);
  return [
    ...(tailLines !== undefined && tailLines < 0
      ? [invalid(at('tailLines'), tailLines, 'must be greater than or equal to 0')]
      : []),
    ...(limitBytes !== undefined && limitBytes < 1
      ? [invalid(at('limitBytes'), limitBytes, 'must be greater than 0')]
      : []),
    ...(sinceSeconds !== undefined && sinceTime !== ''
      ? [forbiddenField(FieldPath.root, 'at most one of `sinceTime` or `sinceSeconds` may be specified')]
      : sinceSeconds !== undefined && sinceSeconds < 1
        ? [invalid(at('sinceSeconds'), sinceSeconds, 'must be greater than 0')]
        : []),
    ...(streams.includes(stream) ? [] : [notSupported(at('stream'), stream, streams)]),
    ...(stream !== 'All' && tailLines !== undefined
      ? [forbiddenField(FieldPath.root, '`tailLines` and specific `stream` are mutually exclusive for now')]
      : []),
  ];
}
