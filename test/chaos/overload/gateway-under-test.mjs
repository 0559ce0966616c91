// A gateway of its own with its log, and users of every kind; what the operating system and its metrics say about it.
import { execFile, spawn } from 'node:child_process';
import { readFile, rm, writeFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { node, root } from '../../../scripts/toolchain.mjs';
import { ApiClient } from './api-client.mjs';

const run = promisify(execFile);
const script = join(root, 'test/dev/gateway.mjs');
const people = ['alice', 'bob', 'carol', 'mallory'];
export const nodes = Array.from({ length: 10 }, (_, i) => `chaos-node-${i}`);

const users = [
  ...people.map((name) => [name, name, 'people']),
  [
    'controller',
    'system:serviceaccount:kube-system:chaos-controller',
    'system:serviceaccounts,system:serviceaccounts:kube-system',
  ],
  ...nodes.map((name) => [name, `system:node:${name}`, 'system:nodes']),
];
const tokenOf = (name) => `token-of-${name}`;

/** Starts it, with a namespace for every person and rights for all of them. */
export async function startGateway() {
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-overload-'));
  const lines = users.map(([name, user, groups]) => `${tokenOf(name)},${user},${name},"${groups}"`);
  await writeFile(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`);
  await run(node(), [script, 'up', folder], { timeout: 60_000 });
  const [settings, pid, ca, cert, key] = await Promise.all(
    ['settings.json', 'api-gateway.pid', 'pki/ca.crt', 'pki/admin.crt', 'pki/admin.key'].map((file) =>
      readFile(join(folder, file), 'utf8'),
    ),
  );
  const { apiPort: port } = JSON.parse(settings);
  const gateway = new GatewayUnderTest(folder, { port, ca }, Number(pid));
  gateway.admin = new ApiClient({ port, ca, cert, key });
  await prepare(gateway.admin);
  return gateway;
}

class GatewayUnderTest {
  constructor(folder, address, pid) {
    this.folder = folder;
    this.address = address;
    this.pid = pid;
  }

  /** A client that shows the token of `name`. */
  as(name, sockets) {
    return new ApiClient({ ...this.address, token: tokenOf(name) }, sockets);
  }

  anonymous(sockets) {
    return new ApiClient(this.address, sockets);
  }

  /** The abuser's process; resolves with what it got. */
  async abuse(connections, seconds) {
    const options = JSON.stringify({ ...this.address, token: tokenOf('mallory'), connections, seconds });
    const child = spawn(node(), [join(import.meta.dirname, 'abuser.mjs'), options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    for await (const chunk of child.stdout) text += chunk;
    return JSON.parse(text);
  }

  async residentMiB() {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) / 1024;
  }

  /** Sum of a metric over its label sets that contain `labels`. */
  async metric(name, labels = '') {
    const { text } = await this.admin.call('GET', '/metrics');
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async stop() {
    this.admin.close();
    await run(node(), [script, 'down', this.folder], { timeout: 30_000 });
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A namespace and all rights for every person, a lease for every node. */
async function prepare(admin) {
  const must = async (method, path, body) => {
    const { code, text } = await admin.call(method, path, body);
    if (code >= 300 || code === 0) throw new Error(`${method} ${path}: ${code} ${text}`);
  };
  const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
  const subjects = [...people, users[4][1]].map((name) => ({
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'User',
    name,
  }));
  await must('POST', rbac, { metadata: { name: 'chaos' }, roleRef, subjects });
  for (const name of [...people, 'noise']) await must('POST', '/api/v1/namespaces', { metadata: { name } });
  for (const name of nodes) {
    const lease = { metadata: { name, namespace: 'kube-node-lease' }, spec: { holderIdentity: name } };
    await must('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', lease);
  }
}
