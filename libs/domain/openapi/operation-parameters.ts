import { typeFacts } from '../schema/api-facts.js';
import type { Parameter } from './operation.js';

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
});
const inPath = (name: string, description: string): Parameter => ({ name, in: 'path', type: 'string', description });

export const namespaceInPath = inPath('namespace', 'The namespace of the objects.');
export const nameInPath = inPath('name', 'The name of the object.');
export const restOfPath = inPath('path', 'The path that is asked for behind the proxy.');

export const pretty = query('pretty', 'string', 'true: the answer is indented.');
export const listing = [
  query('labelSelector', 'string', 'Only objects whose labels match, e.g. app=web,tier!=test.'),
  query('fieldSelector', 'string', 'Only objects whose fields match, e.g. metadata.name=web.'),
  query('limit', 'integer', 'At most so many objects; the rest follows with `continue`.'),
  query('continue', 'string', 'Where the previous answer ended.'),
  query('resourceVersion', 'string', 'The state as of this revision; unset: the latest.'),
  query('resourceVersionMatch', 'string', 'Exact or NotOlderThan.'),
  query('timeoutSeconds', 'integer', 'Ends the request after this time.'),
];
export const watching = [
  query('watch', 'boolean', 'Streams changes instead of a list.'),
  query('allowWatchBookmarks', 'boolean', 'Sends BOOKMARK events, to resume from.'),
  query(
    'sendInitialEvents',
    'boolean',
    'A watch begins with the present objects; needs resourceVersionMatch=NotOlderThan.',
  ),
];
export const writing = [
  query('dryRun', 'string', 'All: decide and answer, but store nothing.'),
  query('fieldManager', 'string', 'Who owns the fields that this request sets.'),
  query('fieldValidation', 'string', 'Strict, Warn or Ignore: what becomes of unknown and duplicate fields.'),
];
export const deleting = [
  query('dryRun', 'string', 'All: decide and answer, but store nothing.'),
  query('gracePeriodSeconds', 'integer', 'How long the object may take to end.'),
  query('propagationPolicy', 'string', 'Orphan, Background or Foreground: what becomes of dependents.'),
];
export const forced = query('force', 'boolean', 'Apply takes fields over from other managers.');
export const logging = [
  query('container', 'string', 'Which container; needed where there are several.'),
  query('follow', 'boolean', 'Streams what is still to come.'),
  query('previous', 'boolean', 'Of the instance that ended last.'),
  query('sinceSeconds', 'integer', 'Only what is newer than this.'),
  query('tailLines', 'integer', 'Only the last lines.'),
  query('timestamps', 'boolean', 'Every line begins with its time.'),
  query('limitBytes', 'integer', 'At most so many bytes.'),
];

const queryTypes: Partial<Record<string, Parameter['type']>> = { bool: 'boolean', int32: 'integer', int64: 'integer' };

/** Fields of an options type (PodExecOptions, …), as they are given in a query. */
export const optionsOf = (type: string): readonly Parameter[] =>
  typeFacts(type)
    .fieldList.filter(({ name }) => name !== 'kind' && name !== 'apiVersion')
    .map(({ name, type: ref }) =>
      query(name, (ref.form === 'scalar' && queryTypes[ref.scalar]) || 'string', `Field \`${name}\` of the options.`),
    );
