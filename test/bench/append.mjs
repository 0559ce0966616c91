// Appends per second and latency by number of writers, for a range of batch thresholds: node test/bench/append.mjs [seconds]
// Starts a nats-server of its own with the shipped settings (sync before ack).
import { randomUUID } from 'node:crypto';
import { connectEventStore } from '@shiplog/event-store';
import { newEvent, configMapKey, startNats } from '@shiplog/testing';

const seconds = Number(process.argv[2] ?? 2);
const padding = { padding: 'x'.repeat(2_300) };
const nats = await startNats();

async function run(writers, options) {
  const store = await connectEventStore({ natsUrl: nats.url, name: 'bench', streams: {}, ...options });
  const latencies = [];
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      const key = configMapKey();
      for (let revision = 0n; performance.now() < end;) {
        const started = performance.now();
        revision = await store.append(newEvent(key, 'updated', padding, { id: randomUUID() }), revision);
        latencies.push(performance.now() - started);
      }
    }),
  );
  await store.close();
  latencies.sort((a, b) => a - b);
  const at = (q) => latencies[Math.floor(latencies.length * q)].toFixed(1).padStart(6);
  return `${String(Math.round(latencies.length / seconds)).padStart(6)}/s p50 ${at(0.5)} p99 ${at(0.99)} ms`;
}

await run(32, { batchFrom: 16 });
for (const commitsInFlight of [1, 2])
  for (const writers of [1, 4, 8, 16, 32, 64, 128, 512]) {
    const results = [];
    for (const batchFrom of [2, 4, 8, 16, 32, 10_000])
      if (batchFrom <= writers || batchFrom === 10_000)
        results.push(
          `${batchFrom === 10_000 ? 'plain' : `≥${batchFrom}`}: ${await run(writers, { batchFrom, commitsInFlight })}`,
        );
    console.log(`${commitsInFlight} in flight, ${writers} writers\n  ${results.join('\n  ')}`);
  }
await nats.stop();
