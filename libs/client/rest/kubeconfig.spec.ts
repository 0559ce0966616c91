import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKubeconfig } from './kubeconfig.js';

const config = (name: string, extra: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': name,
  clusters: [
    {
      name,
      cluster: { server: `https://${name}:6443`, 'certificate-authority-data': Buffer.from('CA').toString('base64') },
    },
  ],
  users: [{ name, user: { token: `token-of-${name}` } }],
  contexts: [{ name, context: { cluster: name, user: name, namespace: 'shop' } }],
  ...extra,
});

describe('loadKubeconfig', () => {
  let folder: string;
  const KUBECONFIG = process.env['KUBECONFIG'];
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'))));
  afterEach(async () => {
    if (KUBECONFIG === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = KUBECONFIG;
    await rm(folder, { recursive: true });
  });
  const file = async (name: string, content: object | string): Promise<string> => {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    return join(folder, name);
  };

  it('reads the current context', async () => {
    expect(await loadKubeconfig({ file: await file('a', config('one')) })).toEqual({
      server: 'https://one:6443',
      ca: Buffer.from('CA'),
      token: 'token-of-one',
      namespace: 'shop',
    });
  });

  it('reads files that it names relative to itself', async () => {
    await file('ca.pem', 'FROM FILE');
    const clusters = [{ name: 'one', cluster: { server: 'https://x', 'certificate-authority': 'ca.pem' } }];
    const users = [{ name: 'one', user: { tokenFile: 'token' } }];
    const access = await loadKubeconfig({ file: await file('a', config('one', { clusters, users })) });
    expect(access).toMatchObject({ ca: Buffer.from('FROM FILE'), tokenFile: join(folder, 'token') });
  });

  it('merges the files of $KUBECONFIG: the first that says something wins, missing ones are skipped', async () => {
    const files = [join(folder, 'missing'), await file('a', config('one')), await file('b', config('two'))];
    process.env['KUBECONFIG'] = files.join(':');
    expect((await loadKubeconfig()).server).toBe('https://one:6443');
    expect((await loadKubeconfig({ context: 'two' })).server).toBe('https://two:6443');
  });

  const faults: [string, object | string, string | undefined, RegExp][] = [
    ['an unknown context', config('one'), 'other', /no context "other"; there are: one/],
    ['a context without its cluster', config('one', { clusters: [] }), undefined, /no cluster "one"/],
    [
      'a cluster without a server',
      config('one', { clusters: [{ name: 'one', cluster: {} }] }),
      undefined,
      /has no server/,
    ],
    ['a file that is no YAML', '{', undefined, /cannot read kubeconfig/],
  ];
  test.each(faults)('says what is wrong with %s', async (_, content, context, message) => {
    const path = await file('a', content);
    await expect(loadKubeconfig({ file: path, context })).rejects.toThrow(message);
  });
});
