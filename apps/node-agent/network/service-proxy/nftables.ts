import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Runs an nft script as one transaction: all of it or nothing. @throws with what nft says. */
export async function applyNftables(script: string, signal: AbortSignal): Promise<void> {
  const nft = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'], signal });
  const ended = new Promise<number | null>((resolve, reject) => nft.once('error', reject).once('exit', resolve));
  // A script that nft refuses early closes the pipe; its words on stderr say why.
  nft.stdin.on('error', () => undefined).end(script);
  const [status, said] = await Promise.all([ended, text(nft.stderr)]);
  if (status !== 0) throw new Error(`nft refused the rules: ${said.trim().split('\n').slice(0, 3).join(' | ')}`);
}
