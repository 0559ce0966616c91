import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** AES-256 keys by id. The first one seals; all of them open, so that a rotated key still opens what it sealed. */
export interface KeyRing {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

interface KeyRingFile {
  keys?: { id?: unknown; secret?: unknown }[];
}

const keyBytes = 32;

/** Reads the text of a key ring file: `{"keys":[{"id","secret": base64 of 32 bytes}]}`, the current key first. @throws saying what is wrong. */
export function parseKeyRing(text: string, where: string): KeyRing {
  const { keys = [] } = JSON.parse(text) as KeyRingFile;
  const parsed = keys.map(({ id, secret }, i): [string, Buffer] => {
    const bytes = Buffer.from(typeof secret === 'string' ? secret : '', 'base64');
    if (typeof id !== 'string' || id === '') throw new Error(`${where}: keys[${i}] has no id`);
    if (bytes.length !== keyBytes)
      throw new Error(
        `${where}: the secret of key ${id} has ${bytes.length} bytes; AES-256 needs ${keyBytes}, in base64`,
      );
    return [id, bytes];
  });
  const [first] = parsed;
  if (!first) throw new Error(`${where}: holds no key`);
  if (new Set(parsed.map(([id]) => id)).size < parsed.length) throw new Error(`${where}: two keys have one id`);
  return { current: first[0], keys: new Map(parsed) };
}

export const readKeyRing = async (file: string): Promise<KeyRing> => parseKeyRing(await readFile(file, 'utf8'), file);

/** The text of a key ring with a new current key in front of the keys of `previous`. */
export function rotatedKeyRing(id: string, previous?: KeyRing): string {
  if (previous?.keys.has(id)) throw new Error(`key ${id} is in the ring already`);
  const keys = [
    { id, secret: randomBytes(keyBytes).toString('base64') },
    ...[...(previous?.keys ?? [])].map(([known, secret]) => ({ id: known, secret: secret.toString('base64') })),
  ];
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}
