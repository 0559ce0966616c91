// Descriptions of the API's types and fields, from the doc comments of the official TypeScript client (@kubernetes/client-node).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const capitalized = (text) => text[0].toUpperCase() + text.slice(1);

/** What the client calls a type: V1Pod, or CoreV1Event where two groups use one name. */
function clientNames(name) {
  const parts = name.split('.');
  const [group, version, kind] = parts.slice(-3);
  const v = capitalized(version ?? '');
  return [`${capitalized(group ?? '')}${v}${kind}`, `${v}${kind}`];
}

/** The comment's text: no stars, no escapes, lines as they are. */
const plain = (comment) =>
  comment
    .replace(/^\s*\*\s?/gm, '')
    .replace(/\\(['"])/g, '$1')
    .trim();

function descriptionsOf(declaration) {
  const type = /\/\*\*\n((?:\*[^\n]*\n)+?)\*\/\nexport declare class/.exec(declaration)?.[1];
  const fields = [...declaration.matchAll(/\/\*\*\n((?: {4}\*[^\n]*\n)+?) {4}\*\/\n {4}'([^']+)'\??:/g)];
  return [
    ...(type ? [['', plain(type)]] : []),
    ...fields.map(([, comment, name]) => [name, plain(comment)]).filter(([, text]) => text !== ''),
  ];
}

/** { type: { '': its description, field: the field's description } } as JSON, one type a line. Without the client installed: nothing. */
export async function descriptions({ types }, models) {
  const lines = await Promise.all(
    types.map(async ({ name, fields }) => {
      const files = clientNames(name).map((client) => join(models, `${client}.d.ts`));
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => undefined)));
      const found = texts.find((text) => text !== undefined);
      if (!found) return undefined;
      const known = new Set(['', ...fields.map(({ n }) => n)]);
      const entries = descriptionsOf(found)
        .map(([field, text]) => [known.has(field) ? field : field.replace(/^_/, ''), text])
        .filter(([field]) => known.has(field));
      return `${JSON.stringify(name)}: ${JSON.stringify(Object.fromEntries(entries))}`;
    }),
  );
  return `{\n${lines.filter(Boolean).join(',\n')}\n}\n`;
}
