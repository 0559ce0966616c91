import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What runs is what the list names: a folder beside it that it does not import would be dead. */
test.each([
  ['admission/plugins', 'admission/plugins.ts'],
  ['subresources', 'subresources/subresources.ts'],
])('every folder of %s is in its list', (folder, list) => {
  const root = join(import.meta.dirname, '..');
  const folders = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const text = readFileSync(join(root, list), 'utf8');
  expect(folders.map(({ name }) => name).filter((name) => !text.includes(`/${name}/`))).toEqual([]);
});
