import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, testCluster } from './cluster.js';

const { kubectl } = testCluster();
const ns = `kubectl-${Date.now().toString(36)}`;
const image = 'shiplog.local/hello:1';

jest.setTimeout(120_000);
beforeAll(() => kubectl('create', 'namespace', ns));
afterAll(() => kubectl.outcome(['delete', 'namespace', ns, '--wait=false']));

const inNs = (...args: string[]): Promise<string> => kubectl('-n', ns, ...args);

describe('objects', () => {
  it('creates each kind that kubectl has a command for', async () => {
    const commands = [
      ['configmap', 'c', '--from-literal=k=v'],
      ['secret', 'generic', 's', '--from-literal=password=x'],
      ['serviceaccount', 'sa'],
      ['role', 'r', '--verb=get', '--resource=pods'],
      ['rolebinding', 'rb', '--role=r', '--serviceaccount=default:sa'],
      ['service', 'clusterip', 'svc', '--tcp=80:8080'],
      ['quota', 'q', '--hard=pods=100'],
      ['poddisruptionbudget', 'pdb', '--selector=app=x', '--min-available=1'],
      ['ingress', 'i', '--rule=example.com/=svc:80'],
      ['job', 'j', `--image=${image}`],
      ['cronjob', 'cj', `--image=${image}`, '--schedule=0 0 1 1 *'],
    ];
    for (const command of commands) expect(await inNs('create', ...command)).toMatch(/ created\n$/);
    expect(await inNs('get', 'cm,secret,sa,role,rolebinding,svc,quota,pdb,ing,job,cj', '-o', 'name')).toContain(
      'configmap/c',
    );
  });

  it('prints in every form', async () => {
    expect(await inNs('get', 'cm', 'c')).toMatch(/^NAME +DATA +AGE\nc +1 +\d+s/);
    expect(await inNs('get', 'cm', 'c', '-o', 'yaml')).toContain('k: v');
    expect(await inNs('get', 'cm', 'c', '-o', 'name')).toBe('configmap/c\n');
    expect(await inNs('get', 'cm', 'c', '-o', 'jsonpath={.data.k}')).toBe('v');
    expect(await inNs('get', 'cm', 'c', '-o', 'custom-columns=N:.metadata.name')).toBe('N\nc\n');
    expect(await inNs('get', 'cm', 'c', '-o', 'go-template={{.data.k}}')).toBe('v');
    expect(await inNs('get', 'svc', 'svc', '-o', 'wide')).toMatch(/SELECTOR/);
    expect(await inNs('get', 'cm', '--show-labels', '--sort-by=.metadata.name')).toMatch(/LABELS/);
  });

  it('labels, annotates, patches and edits', async () => {
    await inNs('label', 'cm', 'c', 'tier=web');
    expect(await inNs('get', 'cm', '-l', 'tier=web', '-o', 'name')).toBe('configmap/c\n');
    await inNs('annotate', 'cm', 'c', 'note=hi');
    await inNs('patch', 'cm', 'c', '--type=json', '-p', '[{"op":"add","path":"/data/j","value":"1"}]');
    await inNs('patch', 'cm', 'c', '--type=merge', '-p', '{"data":{"m":"2"}}');
    await inNs('patch', 'cm', 'c', '-p', '{"data":{"s":"3"}}');
    const editor = join(mkdtempSync(join(tmpdir(), 'edit-')), 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i "s/k: v/k: edited/" "$1"\n', { mode: 0o755 });
    process.env['KUBE_EDITOR'] = editor;
    expect((await kubectl.outcome(['-n', ns, 'edit', 'cm', 'c'])).stdout).toContain('edited');
    expect(await inNs('get', 'cm', 'c', '-o', 'jsonpath={.data}')).toBe('{"j":"1","k":"edited","m":"2","s":"3"}');
  });

  it('applies from the client and from the server, and says who owns a field', async () => {
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: ns }, data: { x: '1' } };
    expect(await kubectl.withInput(manifest, 'apply')).toContain('created');
    expect(await kubectl.withInput(manifest, 'apply')).toContain('unchanged');
    expect(await kubectl.withInput({ ...manifest, data: { x: '2' } }, 'apply')).toContain('configured');
    expect(
      await kubectl.withInput({ ...manifest, metadata: { name: 'b', namespace: ns } }, 'apply', '--server-side'),
    ).toContain('serverside-applied');
    const other = await kubectl.outcome(
      ['apply', '--server-side', '--field-manager=other', '-f', '-'],
      JSON.stringify({ ...manifest, metadata: { name: 'b', namespace: ns }, data: { x: '9' } }),
    );
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/conflict with "kubectl": \.data\.x/);
    expect((await kubectl.outcome(['diff', '-f', '-'], JSON.stringify({ ...manifest, data: { x: '5' } }))).code).toBe(
      1,
    );
  });

  it('explains, and answers who may do what', async () => {
    expect(await kubectl('explain', 'deployment.spec.strategy')).toMatch(/FIELDS:\s+rollingUpdate/);
    expect(await inNs('auth', 'can-i', 'delete', 'pods')).toBe('yes\n');
    const denied = await kubectl.outcome(['-n', ns, 'auth', 'can-i', 'delete', 'pods', '--as=nobody']);
    expect(denied.stdout).toBe('no\n');
    expect(await kubectl('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.groups}')).toContain('system:masters');
    expect((await inNs('create', 'token', 'default')).split('.')).toHaveLength(3);
  });

  it('deletes and waits', async () => {
    expect(await inNs('delete', 'cm', 'c', '--wait=true')).toContain('deleted');
    expect(await kubectl.outcome(['-n', ns, 'get', 'cm', 'c'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NotFound') as string,
    });
  });
});

describe('pods', () => {
  beforeAll(async () => {
    await inNs('run', 'web', `--image=${image}`, '--port=8080', '--expose');
    await inNs('wait', 'pod/web', '--for=condition=Ready', '--timeout=60s');
  });

  it('describes a pod with its events', async () => {
    const text = await eventually(20, async () => {
      const described = await inNs('describe', 'pod', 'web');
      return described.includes('Started') && described;
    });
    expect(text).toMatch(/Status: +Running/);
    expect(text).toMatch(/Scheduled .*Successfully assigned/);
    expect(await inNs('events', '--for', 'pod/web')).toContain('Scheduled');
  });

  it('reads logs and runs commands in it', async () => {
    expect(await inNs('exec', 'web', '--', 'sh', '-c', 'echo out; echo err >&2')).toBe('out\n');
    const failed = await kubectl.outcome(['-n', ns, 'exec', 'web', '--', 'sh', '-c', 'exit 3']);
    expect(failed.code).toBe(3);
    expect((await kubectl.outcome(['-n', ns, 'exec', '-i', 'web', '--', 'cat'], 'typed\n')).stdout).toBe('typed\n');
    expect(await inNs('logs', 'web', '--tail=1')).not.toBe('');
  });

  it('copies a file there and back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cp-'));
    const content = 'x'.repeat(300_000);
    writeFileSync(join(folder, 'there'), content);
    await inNs('cp', join(folder, 'there'), 'web:/tmp/there');
    await inNs('cp', 'web:/tmp/there', join(folder, 'back'));
    expect(readFileSync(join(folder, 'back'), 'utf8')).toBe(content);
  });

  it('forwards a port', async () => {
    const forward = kubectl.start('-n', ns, 'port-forward', 'pod/web', ':8080');
    try {
      const port = await new Promise<string>((resolve, reject) => {
        forward.stdout.on('data', (chunk: Buffer) => {
          const match = /127\.0\.0\.1:(\d+)/.exec(chunk.toString());
          if (match?.[1]) resolve(match[1]);
        });
        forward.once('exit', () => reject(new Error('port-forward ended')));
      });
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('web');
    } finally {
      forward.kill();
    }
  });
});

describe('deployments', () => {
  it('scales, sets an image, rolls out, shows history and undoes', async () => {
    await inNs('create', 'deployment', 'app', `--image=${image}`, '--replicas=2');
    await inNs('rollout', 'status', 'deployment/app', '--timeout=60s');
    await inNs('scale', 'deployment/app', '--replicas=3');
    await inNs('rollout', 'status', 'deployment/app', '--timeout=60s');
    expect(await inNs('get', 'deployment', 'app')).toMatch(/app +3\/3 +3 +3/);
    await inNs('set', 'env', 'deployment/app', 'COLOR=blue');
    await inNs('rollout', 'status', 'deployment/app', '--timeout=60s');
    expect(await inNs('rollout', 'history', 'deployment/app')).toMatch(/1 +<none>\n2 +<none>/);
    await inNs('rollout', 'undo', 'deployment/app');
    await inNs('rollout', 'status', 'deployment/app', '--timeout=60s');
    expect(await inNs('get', 'deployment', 'app', '-o', 'jsonpath={.spec.template.spec.containers[0].env}')).toBe('');
    await inNs('expose', 'deployment/app', '--port=80', '--target-port=8080');
    await eventually(20, async () =>
      (await inNs('get', 'endpointslices', '-l', 'kubernetes.io/service-name=app')).includes('10.'),
    );
  });
});
