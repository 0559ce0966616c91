// npm run bench:growth [-- options]: measures how cost grows with a cluster and its history (test/bench/growth; `npm run bench:growth -- --help`).
import { ensureNatsServer, ensureNodeModules } from './prerequisites.mjs';
import { main } from './progress.mjs';
import { become, runScript } from './toolchain.mjs';

await main(async () => {
  await ensureNodeModules();
  await ensureNatsServer();
  runScript('scripts/generate.mjs');
  runScript('scripts/build.mjs');
  become('test/bench/growth/main.mjs', process.argv.slice(2));
});
