import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureClusterPki, readKeyPair } from './cluster-pki.js';

const request = { apiAddresses: ['10.200.0.1'], nodes: [{ name: 'node-1', address: '10.200.0.11' }] };
const now = new Date();
const days = (count: number): Date => new Date(now.getTime() + count * 24 * 60 * 60 * 1000);

describe('ensureClusterPki', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'shiplog-pki-'))));
  afterEach(() => rm(folder, { recursive: true }));
  const certificate = async (name: string) => {
    const pair = await readKeyPair(folder, name);
    const found = new X509Certificate(pair?.certificate ?? '');
    expect(found.checkPrivateKey(createPrivateKey(pair?.key ?? ''))).toBe(true);
    return found;
  };

  it('issues what every component needs, and nothing a second time', async () => {
    const all = ['ca', 'apiserver', 'apiserver-kubelet-client', 'admin', 'node-1', 'sa'];
    expect(await ensureClusterPki(folder, request, now)).toEqual(all);
    expect(await ensureClusterPki(folder, request, now)).toEqual([]);
    expect((await stat(join(folder, 'ca.key'))).mode & 0o777).toBe(0o600);

    const node = await certificate('node-1');
    expect(node.subject).toBe('O=system:nodes\nCN=system:node:node-1');
    expect(node.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1']);
    expect(node.checkIP('10.200.0.11')).toBe('10.200.0.11');
    expect((await certificate('admin')).subject).toBe('O=system:masters\nCN=shiplog-admin');
    const server = await certificate('apiserver');
    for (const address of ['127.0.0.1', '10.96.0.1', '10.200.0.1']) expect(server.checkIP(address)).toBe(address);
    expect(server.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
    expect(server.verify((await certificate('ca')).publicKey)).toBe(true);
  });

  it('gives a process of hollow nodes a name that is no node, and the addresses of all of its nodes', async () => {
    const hollowHosts = [{ name: 'hollow-1', addresses: ['127.64.0.1', '127.64.0.2'] }];
    await ensureClusterPki(folder, { apiAddresses: [], nodes: [], hollowHosts }, now);
    const host = await certificate('hollow-1');
    expect(host.subject).toBe('CN=system:shiplog:hollow-nodes:hollow-1');
    expect(host.checkIP('127.64.0.2')).toBe('127.64.0.2');
  });

  const later: [string, Parameters<typeof ensureClusterPki>[1], Date, string[]][] = [
    ['keeps what is valid for long', request, days(300), []],
    ['renews what expires soon', request, days(306), ['apiserver', 'apiserver-kubelet-client', 'admin', 'node-1']],
    ['renews the server for another address', { ...request, apiAddresses: ['10.202.0.1'] }, now, ['apiserver']],
    [
      'issues for a node that came',
      { ...request, nodes: [...request.nodes, { name: 'node-2', address: '10.200.0.12' }] },
      now,
      ['node-2'],
    ],
    [
      'renews the authority, and all that it signed',
      request,
      days(3600),
      ['ca', 'apiserver', 'apiserver-kubelet-client', 'admin', 'node-1'],
    ],
  ];
  test.each(later)('%s', async (_, changed, then, written) => {
    await ensureClusterPki(folder, request, now);
    expect(await ensureClusterPki(folder, changed, then)).toEqual(written);
  });
});
