// npm run profile -- WORKLOAD: leaves a flame graph of one of Shiplog's processes under a workload of the benchmark (test/bench/profile).
import { ensureNatsServer, ensureNodeModules } from './prerequisites.mjs';
import { main } from './progress.mjs';
import { become, runScript } from './toolchain.mjs';

await main(async () => {
  await ensureNodeModules();
  await ensureNatsServer();
  runScript('scripts/generate.mjs');
  runScript('scripts/build.mjs');
  become('test/bench/profile/main.mjs', process.argv.slice(2));
});
