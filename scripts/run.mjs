// npm run <task>: the project's development tasks, each on the Node.js that Shiplog needs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNatsServer, ensureNodeModules } from './prerequisites.mjs';
import { main } from './progress.mjs';
import { become, root, runScript } from './toolchain.mjs';

/** What measures: each stops what it has started when it is told to end. */
const measuring = {
  bench: 'test/bench/main.mjs',
  'bench:cluster': 'test/bench/cluster/main.mjs',
  'bench:growth': 'test/bench/growth/main.mjs',
  profile: 'test/bench/profile/main.mjs',
};

async function measure(program) {
  await ensureNatsServer();
  tasks.build();
  become(program, rest);
}

const tasks = {
  ...Object.fromEntries(Object.entries(measuring).map(([name, program]) => [name, () => measure(program)])),
  generate: () => {
    if (existsSync(join(root, 'scripts/generate.mjs'))) runScript('scripts/generate.mjs');
  },
  build: () => (tasks.generate(), runScript('scripts/build.mjs')),
  typecheck: () => (tasks.generate(), runScript('node_modules/typescript/bin/tsc', ['-p', '.'])),
  lint: () =>
    runScript('node_modules/eslint/bin/eslint.js', ['.', '--cache', '--cache-location', '.cache/eslint', ...rest]),
  format: () => runScript('node_modules/prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', '.', ...rest]),
  'chaos:overload': async () => {
    await ensureNatsServer();
    tasks.build();
    runScript('test/chaos/overload/main.mjs', rest);
  },
  'chaos:durability': async () => {
    await ensureNatsServer();
    tasks.build();
    runScript('test/chaos/durability/main.mjs', rest);
  },
};

const [task, ...rest] = process.argv.slice(2);
if (!tasks[task]) {
  console.error(`run: no task "${task}"; there are: ${Object.keys(tasks).join(', ')}`);
  process.exit(2);
}
await main(async () => {
  await ensureNodeModules();
  await tasks[task]();
});
