import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';

/** Which context to look back from, and whether to switch to the new one. */
export interface PastContextOptions {
  readonly of?: string;
  readonly use: boolean;
}

/** `shiplog` as of `2m` → `shiplog@2m-ago`; other moments are named as they are. Pure. */
export const pastContextName = (context: string, moment: string): string =>
  `${context}@${/^[0-9.]+[dhms]/.test(moment) ? `${moment.replace(/-ago$/, '')}-ago` : moment}`;

type Entry = Record<string, Record<string, unknown>>;

/**
 * A kubeconfig text with a context beside `of` whose server path leads into the past; the user is the same one. The name of the
 * new context comes with it. Pure. @throws saying what is missing.
 */
export function withPastContext(
  existing: string,
  moment: string,
  { of, use }: PastContextOptions,
): { text: string; name: string } {
  const document = parseDocument(existing);
  const base = of ?? String(document.get('current-context') ?? '');
  const find = (list: string, name: string, field: string): Record<string, unknown> => {
    const items: unknown = document.get(list);
    const found = isSeq(items) ? items.items.find((item) => isMap(item) && item.get('name') === name) : undefined;
    const value = found === undefined ? undefined : ((found as YAMLMap).toJSON() as Entry);
    if (!value?.[field]) throw new Error(`it has no ${field} ${JSON.stringify(name)}`);
    return value[field];
  };
  const context = find('contexts', base, 'context');
  const cluster = find('clusters', String(context['cluster']), 'cluster');
  const name = pastContextName(base, moment);
  const server = `${String(cluster['server']).replace(/\/as-of\/.*$|\/$/, '')}/as-of/${moment}`;
  put(document, 'clusters', { name, cluster: { ...cluster, server } });
  put(document, 'contexts', { name, context: { ...context, cluster: name } });
  if (use) document.set('current-context', name);
  return { text: document.toString({ lineWidth: 0 }), name };
}

function put(
  document: ReturnType<typeof parseDocument>,
  list: string,
  entry: { readonly name: string; readonly [field: string]: unknown },
): void {
  const items: unknown = document.get(list);
  if (!isSeq(items)) throw new Error(`it has no ${list}`);
  const index = items.items.findIndex((item) => isMap(item) && item.get('name') === entry.name);
  const node = document.createNode(entry);
  if (index >= 0) items.items[index] = node;
  else items.add(node);
}
