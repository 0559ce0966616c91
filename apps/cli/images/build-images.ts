import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { replaceFile } from '../cluster/write-file.js';
import { findProgram } from '../supervisor/programs.js';
import { layerOf, ociArchive, type Image, type LayerEntry } from './oci-archive.js';
import { readRecipes, type ImageRecipe, type RecipeFile } from './recipe.js';

const run = promisify(execFile);

/** The references of the images that every node brings along. */
export const pauseImage = 'shiplog.local/pause:1';

/** Builds every recipe below `folder` and writes them as one archive. Writes the same bytes for the same recipes and busybox. */
export async function buildImages(folder: string, archive: string): Promise<void> {
  const recipes = await readRecipes(folder);
  const busybox = await busyboxEntries();
  const layers = new Map<string, Promise<Buffer[]>>();
  const layersOf = (name: string): Promise<Buffer[]> => {
    const known = layers.get(name) ?? buildLayers(recipeNamed(recipes, name), busybox, layersOf);
    layers.set(name, known);
    return known;
  };
  const images = await Promise.all(
    [...recipes].map(async ([name, { name: reference, alsoNamed = [], config }]): Promise<Image> => {
      return { names: [reference, ...alsoNamed], layers: await layersOf(name), config };
    }),
  );
  await replaceFile(archive, await ociArchive(images, process.arch === 'x64' ? 'amd64' : process.arch), 0o644);
}

function recipeNamed(recipes: ReadonlyMap<string, ImageRecipe>, name: string): ImageRecipe {
  const recipe = recipes.get(name);
  if (!recipe) throw new Error(`no recipe images/${name}`);
  return recipe;
}

async function buildLayers(
  recipe: ImageRecipe,
  busybox: readonly LayerEntry[],
  layersOf: (name: string) => Promise<Buffer[]>,
): Promise<Buffer[]> {
  const below = recipe.from === undefined ? [] : await layersOf(recipe.from);
  const files = await Promise.all(recipe.files.map((file) => entriesOf(recipe, file, busybox)));
  return [...below, await layerOf(withFolders([...(recipe.busybox ? busybox : []), ...files.flat()]))];
}

async function entriesOf(
  { folder }: ImageRecipe,
  { path, mode = path.endsWith('/') ? '755' : '644', text, source, program, orElse }: RecipeFile,
  busybox: readonly LayerEntry[],
): Promise<LayerEntry[]> {
  const entry = { path, mode: parseInt(mode, 8) };
  if (path.endsWith('/')) return [{ ...entry, type: 'directory' }];
  const file = (content: Buffer): LayerEntry => ({ ...entry, type: 'file', content });
  if (text !== undefined) return [file(Buffer.from(text))];
  if (source !== undefined) return [file(await readFile(join(folder, source)))];
  const compiled = program === undefined ? undefined : await compile(join(folder, program));
  if (compiled) return [file(compiled)];
  if (orElse === undefined) throw new Error(`${folder}: ${path} needs text, source or program`);
  return [...busybox, file(await readFile(join(folder, orElse)))];
}

/** A small static program; undefined where no C compiler, or no static C library, is at hand. */
async function compile(source: string): Promise<Buffer | undefined> {
  const compiler = findProgram('gcc') ?? findProgram('cc');
  if (!compiler) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-image-'));
  try {
    const output = join(folder, 'program');
    await run(compiler, ['-static', '-Os', '-s', '-Wl,--build-id=none', '-o', output, source]);
    return await readFile(output);
  } catch (error) {
    if (error instanceof Error && 'stderr' in error) return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** busybox as /bin/busybox with a link for each of its programs. It must be static: the image has no C library. */
async function busyboxEntries(): Promise<LayerEntry[]> {
  const program = ['/bin/busybox', '/usr/bin/busybox'].find(existsSync) ?? findProgram('busybox');
  if (!program) throw new Error('busybox is not installed; on Debian and Ubuntu: apt-get install busybox-static');
  const content = await readFile(program);
  if (content.includes('/ld-linux'))
    throw new Error(`${program} is not static; on Debian and Ubuntu: apt-get install busybox-static`);
  const { stdout } = await run(program, ['--list']);
  const programs = stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
  return [
    { path: 'bin/busybox', mode: 0o755, type: 'file', content },
    ...programs.map((name): LayerEntry => ({ path: `bin/${name}`, mode: 0o777, type: 'link', to: 'busybox' })),
  ];
}

/** The entries with the folders they lie in before them, each once. */
function withFolders(entries: readonly LayerEntry[]): LayerEntry[] {
  const given = new Set(entries.map(({ path }) => path));
  const folders = new Set<string>();
  for (const { path } of entries) {
    const parts = path.split('/').slice(0, path.endsWith('/') ? -2 : -1);
    parts.forEach((_, depth) => folders.add(`${parts.slice(0, depth + 1).join('/')}/`));
  }
  const missing = [...folders].filter((path) => !given.has(path)).toSorted();
  return [...missing.map((path): LayerEntry => ({ path, mode: 0o755, type: 'directory' })), ...entries];
}
