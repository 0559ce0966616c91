import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addToKubeconfig, kubeconfigFiles, removeFromKubeconfig } from './kubeconfig-file.js';
import { currentContext, hasContext } from './kubeconfig.js';

const entry = {
  name: 'shiplog',
  server: 'https://127.0.0.1:6443',
  authority: 'CA',
  client: { certificate: 'C', key: 'K' },
};

describe('kubeconfigFiles', () => {
  it.each([
    [{ KUBECONFIG: '/a:/b:/a', HOME: '/root' }, ['/a', '/b']],
    [{ KUBECONFIG: '', HOME: '/root' }, ['/root/.kube/config']],
  ])('%j', (env, files) => expect(kubeconfigFiles(env)).toEqual(files));
});

describe('addToKubeconfig', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'shiplog-kubeconfig-'))));
  afterEach(() => rm(folder, { recursive: true }));
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

  it('makes the file, for its owner only, and takes the entry away again', async () => {
    const file = join(folder, 'deep', 'config');
    expect(await addToKubeconfig(entry, [file])).toBe(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(currentContext(await read('deep/config'))).toBe('shiplog');
    await removeFromKubeconfig('shiplog', [file]);
    expect(hasContext(await read('deep/config'), 'shiplog')).toBe(false);
  });

  it('switches the context in the file whose current-context kubectl sees first', async () => {
    await writeFile(join(folder, 'a'), 'current-context: work\n');
    await writeFile(join(folder, 'b'), 'contexts: [{name: shiplog, context: {cluster: old}}]\n');
    expect(await addToKubeconfig(entry, [join(folder, 'a'), join(folder, 'b')])).toBe(join(folder, 'b'));
    expect(currentContext(await read('a'))).toBe('shiplog');
    expect(currentContext(await read('b'))).toBeUndefined();
  });

  it('writes through a link and leaves it one', async () => {
    await writeFile(join(folder, 'real'), '');
    await symlink(join(folder, 'real'), join(folder, 'link'));
    await addToKubeconfig(entry, [join(folder, 'link')]);
    expect(hasContext(await read('real'), 'shiplog')).toBe(true);
  });

  it('loses no entry when several clusters write at once', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `c${i}`);
    await Promise.all(names.map((name) => addToKubeconfig({ ...entry, name }, [join(folder, 'config')])));
    const text = await read('config');
    expect(names.filter((name) => hasContext(text, name))).toEqual(names);
  });

  it('leaves a file that it does not understand as it is', async () => {
    await writeFile(join(folder, 'config'), 'clusters: [');
    await expect(addToKubeconfig(entry, [join(folder, 'config')])).rejects.toThrow(/left as it is/);
    expect(await read('config')).toBe('clusters: [');
  });
});
