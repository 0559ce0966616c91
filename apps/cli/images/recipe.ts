import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What images/<name>/image.json says; images/README.md explains it. */
export interface ImageRecipe {
  readonly folder: string;
  readonly name: string;
  readonly alsoNamed?: readonly string[];
  readonly from?: string;
  readonly busybox?: boolean;
  readonly files: readonly RecipeFile[];
  readonly config: Readonly<Record<string, unknown>>;
}

export interface RecipeFile {
  readonly path: string;
  readonly mode?: string;
  readonly text?: string;
  readonly source?: string;
  readonly program?: string;
  readonly orElse?: string;
}

/** All recipes below a folder, by the name of their folder. */
export async function readRecipes(folder: string): Promise<ReadonlyMap<string, ImageRecipe>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return new Map(
    await Promise.all(
      names.toSorted().map(async (name): Promise<[string, ImageRecipe]> => {
        const recipe = JSON.parse(await readFile(join(folder, name, 'image.json'), 'utf8')) as ImageRecipe;
        return [name, { ...recipe, folder: join(folder, name) }];
      }),
    ),
  );
}
