import { memoized, type ObjectKey, type StreamName } from '@shiplog/domain';

/** What NATS reads meaning into, plus what would make a token ambiguous: our escape, and anything not printable ASCII. */
const reserved = /[^\x21-\x7e]|[.*>%]/u;
const coreGroup = 'core';
const noNamespace = '-';

const utf8 = new TextEncoder();
const escaped = (text: string): string =>
  [...utf8.encode(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Escapes what NATS would read meaning into. Most names have nothing of the kind and come back as they are. */
const token = (text: string): string => (reserved.test(text) ? escapedToken(text) : text);
/** Groups have dots, and there are few of them. */
const escapedToken = memoized((text: string) => text.replace(new RegExp(reserved, 'gu'), escaped), 5_000);

const plain = (text: string): string => (text.includes('%') ? decodeURIComponent(text) : text);

/** The subject of an object's events: `<stream>.<group>.<plural>.<namespace>.<name>`, readable and reversible. */
export function subjectOf({ stream, group, plural, namespace, name }: ObjectKey): string {
  if (name === '') throw new Error(`${stream}: an object of ${plural} without a name has no subject`);
  return `${stream.toLowerCase()}.${token(group) || coreGroup}.${token(plural)}.${token(namespace) || noNamespace}.${token(name)}`;
}

/** Everything a stream holds. */
export const subjectsOf = (stream: StreamName): string => `${stream.toLowerCase()}.>`;

/** The object that a subject names. @throws on a subject that `subjectOf` never wrote. */
export function keyOfSubject(subject: string): ObjectKey {
  const [stream, group, plural, namespace, name, ...rest] = subject.split('.');
  if (!name || !namespace || !plural || !group || !isStream(stream) || rest.length > 0)
    throw new Error(`not the subject of an object: ${subject}`);
  return {
    stream: stream.toUpperCase() as StreamName,
    group: group === coreGroup ? '' : plain(group),
    plural: plain(plural),
    namespace: namespace === noNamespace ? '' : plain(namespace),
    name: plain(name),
  };
}

const isStream = (text: string | undefined): text is Lowercase<StreamName> =>
  text === 'resources' || text === 'leases' || text === 'events';
