// npm run bench:cluster [-- options]: measures a whole cluster of hollow nodes (test/bench/cluster; `npm run bench:cluster -- --help`).
import { ensureNatsServer, ensureNodeModules } from './prerequisites.mjs';
import { main } from './progress.mjs';
import { become, runScript } from './toolchain.mjs';

await main(async () => {
  await ensureNodeModules();
  await ensureNatsServer();
  runScript('scripts/generate.mjs');
  runScript('scripts/build.mjs');
  become('test/bench/cluster/main.mjs', process.argv.slice(2));
});
