import { isMap, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml';
import type { KeyPair } from '../pki/certificates.js';

/** One cluster as a kubeconfig names it: cluster, user and context of the same name. */
export interface KubeconfigEntry {
  readonly name: string;
  readonly server: string;
  readonly authority: string;
  readonly client: KeyPair;
}

const lists = ['clusters', 'users', 'contexts'] as const;
type ListName = (typeof lists)[number];

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function contents({ name, server, authority, client }: KubeconfigEntry): Record<ListName, object> {
  return {
    clusters: { name, cluster: { 'certificate-authority-data': base64(authority), server } },
    users: {
      name,
      user: { 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) },
    },
    contexts: { name, context: { cluster: name, user: name } },
  };
}

/** A kubeconfig text with the entry added or replaced. Everything else, comments and order included, stays. Pure. */
export function mergeKubeconfig(existing: string, entry: KubeconfigEntry): string {
  const document = parsed(existing);
  for (const [list, value] of Object.entries(contents(entry)) as [ListName, object][]) {
    const sequence = sequenceOf(document, list);
    const index = sequence.items.findIndex((item) => nameOf(item) === entry.name);
    const node = document.createNode(keepingContext(list, sequence.items[index], value));
    if (index >= 0) sequence.items[index] = node;
    else sequence.add(node);
  }
  return text(document);
}

/** The text without the entry of that name and those of its past (`name@2m-ago`); a current context among them is cleared. Pure. */
export function withoutEntry(existing: string, name: string): string {
  const document = parsed(existing);
  const isOurs = (other: unknown): boolean =>
    typeof other === 'string' && (other === name || other.startsWith(`${name}@`));
  for (const list of lists) {
    const sequence = sequenceOf(document, list);
    sequence.items = sequence.items.filter((item) => !isOurs(nameOf(item)));
    sequence.flow = sequence.items.length === 0;
  }
  if (isOurs(document.get('current-context'))) document.set('current-context', '');
  return text(document);
}

export function withCurrentContext(existing: string, name: string): string {
  const document = parsed(existing);
  document.set('current-context', name);
  return text(document);
}

export const currentContext = (existing: string): string | undefined => {
  const value = parsed(existing).get('current-context');
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const hasContext = (existing: string, name: string): boolean =>
  sequenceOf(parsed(existing), 'contexts').items.some((item) => nameOf(item) === name);

/** The namespace that the user chose for the context (`kubectl config set-context --namespace`) outlives a renewal. */
function keepingContext(list: ListName, present: unknown, value: object): object {
  if (list !== 'contexts' || !isMap(present)) return value;
  const namespace: unknown = present.getIn(['context', 'namespace']);
  const fresh = value as { name: string; context: object };
  return typeof namespace === 'string' ? { ...fresh, context: { ...fresh.context, namespace } } : value;
}

function parsed(existing: string): Document {
  const document = parseDocument(existing.trim() === '' ? 'apiVersion: v1\nkind: Config\npreferences: {}\n' : existing);
  const [error] = document.errors;
  if (error) throw new Error(`it is not valid YAML: ${error.message}`);
  if (!isMap(document.contents)) throw new Error('it is not a kubeconfig: a mapping is expected at its top');
  return document;
}

function sequenceOf(document: Document, list: ListName): YAMLSeq {
  const present: unknown = document.get(list);
  if (isSeq(present)) {
    present.flow = false;
    return present;
  }
  document.set(list, document.createNode([]));
  const created: unknown = document.get(list);
  if (!isSeq(created)) throw new Error(`it is not a kubeconfig: ${list} is not a list`);
  return created;
}

const nameOf = (item: unknown): unknown => (isMap(item) ? (item as YAMLMap).get('name') : undefined);

const text = (document: Document): string => document.toString({ lineWidth: 0 });
