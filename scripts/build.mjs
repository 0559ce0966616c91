// Compiles every library and application from TypeScript to <project>/dist and copies its assets, only the files that changed since the last build.
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const skipped = new Set(['dist', 'node_modules']);
const isAsset = (name) => /\.(json|proto|sql|html|css|svg)$/.test(name) && name !== 'package.json';
const isTest = (name) => /\.(spec|int-spec|e2e-spec)\.ts$/.test(name);

async function* sources(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) yield* sources(join(folder, entry.name));
    } else if (
      isAsset(entry.name) ||
      (entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') && !isTest(entry.name))
    )
      yield join(folder, entry.name);
  }
}

async function* outputs(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) yield* outputs(join(folder, entry.name));
    else yield join(folder, entry.name);
  }
}

const modified = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

async function compile(file, target) {
  await mkdir(dirname(target), { recursive: true });
  if (!file.endsWith('.ts')) return copyFile(file, target);
  const { code } = await transform(await readFile(file, 'utf8'), {
    filename: file,
    cwd: root,
    module: { type: 'es6' },
  });
  await writeFile(target, code);
}

async function buildProject(project) {
  const dist = join(project, 'dist');
  const wanted = new Set();
  const pending = [];
  for await (const file of sources(project)) {
    const target = join(dist, relative(project, file).replace(/\.ts$/, '.js'));
    wanted.add(target);
    pending.push(
      (async () => ((await modified(target)) <= (await modified(file)) ? (await compile(file, target), 1) : 0))(),
    );
  }
  for await (const file of outputs(dist)) if (!wanted.has(file)) await rm(file);
  return (await Promise.all(pending)).reduce((sum, n) => sum + n, 0);
}

const started = performance.now();
const projects = [];
for (const parent of ['libs', 'apps'])
  for (const name of await readdir(join(root, parent))) projects.push(join(root, parent, name));
const compiled = (await Promise.all(projects.map(buildProject))).reduce((sum, n) => sum + n, 0);
console.log(
  `built ${compiled} file${compiled === 1 ? '' : 's'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
);
