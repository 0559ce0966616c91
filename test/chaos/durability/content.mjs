import { createHash } from 'node:crypto';

const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
};

/** What an object says, but for its resourceVersion (which the log gives it) and what kind it is (which lists leave out). */
export function contentHash(object) {
  const content = { ...object, kind: undefined, apiVersion: undefined };
  content.metadata = { ...object.metadata, resourceVersion: undefined };
  return createHash('sha1')
    .update(JSON.stringify(sorted(content)))
    .digest('base64');
}

/** Every write leaves its own name in its object. */
export const writeLabel = 'chaos.shiplog.dev/write';
export const writeOf = (object) => object.metadata.annotations?.[writeLabel];
