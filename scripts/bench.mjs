// npm run bench [-- options]: measures Shiplog beside the reference control plane (test/bench; `npm run bench -- --help`).
import { ensureNatsServer, ensureNodeModules } from './prerequisites.mjs';
import { main } from './progress.mjs';
import { become, runScript } from './toolchain.mjs';

await main(async () => {
  await ensureNodeModules();
  await ensureNatsServer();
  runScript('scripts/generate.mjs');
  runScript('scripts/build.mjs');
  become('test/bench/main.mjs', process.argv.slice(2));
});
