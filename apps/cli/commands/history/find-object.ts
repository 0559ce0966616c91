import { CommandError } from '../terminal.js';
import type { PastClient } from './api-access.js';

/** A kind as discovery tells it. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly name: string;
  readonly singularName: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
}

/** One object by its path in the API. */
export interface FoundObject {
  readonly kind: ServedKind;
  readonly name: string;
  readonly path: string;
}

interface ResourceList {
  readonly groupVersion: string;
  readonly resources: readonly (Omit<ServedKind, 'group' | 'version'> & { readonly verbs?: readonly string[] })[];
}

/** Every kind the API serves that can be read, core first. */
export async function servedKinds(client: Pick<PastClient, 'read'>): Promise<ServedKind[]> {
  const { groups } = await client.read<{ groups: { name: string; preferredVersion: { version: string } }[] }>('/apis');
  const paths = ['/api/v1', ...groups.map(({ name, preferredVersion }) => `/apis/${name}/${preferredVersion.version}`)];
  const lists = await Promise.all(paths.map((path) => client.read<ResourceList>(path)));
  return lists.flatMap(({ groupVersion, resources }) => {
    const [version = '', group = ''] = groupVersion.split('/').reverse();
    return resources
      .filter(({ name, verbs }) => !name.includes('/') && verbs?.includes('get') !== false)
      .map(({ verbs: _verbs, ...kind }) => ({ ...kind, group, version }));
  });
}

/** The kind that a word means, as kubectl reads it: plural, singular, kind or short name, a group behind a dot. Pure. */
export function kindNamed(kinds: readonly ServedKind[], word: string): ServedKind {
  const [name = '', ...group] = word.toLowerCase().split('.');
  const found = kinds.find(
    (kind) =>
      [kind.name, kind.singularName, kind.kind.toLowerCase(), ...(kind.shortNames ?? [])].includes(name) &&
      (group.length === 0 || kind.group.startsWith(group.join('.'))),
  );
  if (!found) throw new CommandError(`the server has no resource ${JSON.stringify(word)}`);
  return found;
}

/** The path of a kind's list, or of one object. Pure. */
export function pathOfKind(
  { group, version, name, namespaced }: ServedKind,
  namespace: string,
  object?: string,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${name}${object === undefined ? '' : `/${encodeURIComponent(object)}`}`;
}

/** `KIND/NAME` or `KIND NAME` as an object of the API. It need not exist now. */
export async function findObject(client: PastClient, words: readonly string[]): Promise<FoundObject> {
  const [kindWord, name, ...rest] = words.flatMap((word, i) => (i === 0 ? word.split('/') : [word]));
  if (!kindWord || !name || rest.length > 0)
    throw new CommandError(`name one object as KIND/NAME, such as deployment/web; got ${words.join(' ')}`);
  const kind = kindNamed(await servedKinds(client), kindWord);
  return { kind, name, path: pathOfKind(kind, client.namespace, name) };
}
