// Generates what follows from the API facts: TypeScript types of the built-in kinds and the descriptions that OpenAPI shows. Skips what is newer than its sources. Needs no dependency.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './toolchain.mjs';
import { descriptions } from './generate/descriptions.mjs';
import { typesSource } from './generate/types.mjs';

const facts = join(root, 'libs/domain/schema/facts/api-facts.json');

const models = join(root, 'node_modules/@kubernetes/client-node/dist/gen/models');

/** Every generated file, what it is made from besides this program, and how. */
const outputs = [
  {
    file: 'libs/domain/api/generated/types.ts',
    sources: [facts, 'scripts/generate/types.mjs'],
    make: async () => typesSource(JSON.parse(await readFile(facts, 'utf8'))),
  },
  {
    file: 'libs/domain/openapi/generated/descriptions.json',
    sources: [facts, 'scripts/generate/descriptions.mjs', 'node_modules/@kubernetes/client-node/package.json'],
    make: async () => descriptions(JSON.parse(await readFile(facts, 'utf8')), models),
  },
];

const modified = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

for (const { file, sources, make } of outputs) {
  const target = join(root, file);
  const inputs = [fileURLToPath(import.meta.url), ...sources.map((source) => join(root, source.replace(root, '')))];
  const newest = Math.max(...(await Promise.all(inputs.map(modified))));
  if ((await modified(target)) > newest) continue;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await make());
  console.log(`generated ${file}`);
}
