import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { controllersOf } from './controllers.js';
import { ObjectGraph } from './object-graph/object-graph.js';

const folder = join(import.meta.dirname, 'controllers');
const controllers = controllersOf({
  graph: new ObjectGraph(),
  rootCa: '',
  clusterCidr: '10.4.0.0/16',
});

describe('the list of controllers', () => {
  it('has every folder of controllers but the garbage collector, which is about all kinds', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(controllers).toHaveLength(folders.length - 1);
  });

  it('names each once', () => expect(new Set(controllers.map(({ name }) => name)).size).toBe(controllers.length));
});
