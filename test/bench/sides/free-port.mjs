import { createServer } from 'node:net';

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false)).listen(port, () => server.close(() => resolve(true)));
  });

/** The first of `count` neighbouring ports that nothing listens on, below those that the kernel gives to outgoing connections. */
export async function freePorts(count = 1) {
  for (;;) {
    const first = 21_000 + Math.floor(Math.random() * 8_000);
    const verdicts = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (verdicts.every(Boolean)) return first;
  }
}
