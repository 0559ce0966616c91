// A folder whose power can be cut: what was not synced is then forgotten. The program behind it is ../forgetful-fs.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { root } from '../../../scripts/toolchain.mjs';

const source = join(root, 'test/chaos/forgetful-fs');
const program = join(root, '.cache/forgetful-fs');

const findGo = () =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin']
    .map((folder) => join(folder, 'go'))
    .find(existsSync);

/** Builds the program. Answers why it cannot be used here, or undefined. */
export async function whyNoForgetfulDisk() {
  if (process.platform !== 'linux' || !existsSync('/dev/fuse')) return 'there is no /dev/fuse';
  if (process.getuid() !== 0) return 'it takes root to mount';
  const go = findGo();
  if (!go) return 'Go is not installed';
  const build = promisify(execFile)(go, ['build', '-buildvcs=false', '-o', program, '.'], {
    cwd: source,
    timeout: 180_000,
  });
  return build.then(
    () => undefined,
    (error) => `it cannot be built: ${String(error.stderr || error.message).trim()}`,
  );
}

export class ForgetfulDisk {
  #awaited = new Map();
  #over;

  /** `names`: what syncs a new name, its `file` (ext4, XFS, Btrfs) or only its `folder` (POSIX). @throws if it cannot be mounted. */
  static async mount(folder, { seed, names }) {
    await mkdir(folder, { recursive: true });
    const disk = new ForgetfulDisk(['-folder', folder, '-seed', String(seed), '-names', names]);
    await disk.#told('mounted');
    return disk;
  }

  constructor(args) {
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#over = new Promise((done) => this.child.once('exit', done));
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const { event, what } = JSON.parse(line);
      this.#awaited.get(event)?.(what);
    });
  }

  #told(event) {
    const failed = this.#over.then((status) => {
      throw new Error(`the file system has ended with ${status}`);
    });
    return Promise.race([new Promise((done) => this.#awaited.set(event, done)), failed]);
  }

  #order(text, event) {
    const told = this.#told(event);
    this.child.stdin.write(`${text}\n`);
    return told;
  }

  /**
   * Takes the power away: now, or right after so many further writes, or when there have been no more for `patienceMs`. `harshly`: nothing is left
   * of what was not synced. Answers what it met.
   */
  async cut({ afterWrites = 0, harshly = false }, patienceMs = 3_000) {
    if (afterWrites === 0) return this.#order('cut', 'cut');
    const told = this.#order(`${harshly ? 'cut-harshly-after' : 'cut-after'} ${afterWrites}`, 'cut');
    const impatient = setTimeout(() => this.child.stdin.write('cut\n'), patienceMs);
    return told.finally(() => clearTimeout(impatient));
  }

  /** Answers nobody any more right after so many further writes, and forgets nothing. */
  pause(afterWrites) {
    return this.#order(`pause-after ${afterWrites}`, 'paused');
  }

  /** Lets whatever waits for it fail. */
  end() {
    return this.#order('end', 'ending');
  }

  /** Serves what has survived. */
  on() {
    return this.#order('on', 'on');
  }

  /** All that is there is durable. */
  settle() {
    return this.#order('settle', 'settled');
  }

  /** { changes, bytes, namings, syncs, cuts } since the start. */
  figures() {
    return this.#order('figures', 'figures');
  }

  /** Unmounts it; what it held is gone. */
  async unmount() {
    this.child.stdin.end();
    await this.#over;
  }
}
