import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { EndpointSlice, Service, ServiceSpec } from '@shiplog/domain';
import { at, service, slice } from '../testing-services.js';
import { transaction, type Ruleset } from './ruleset.js';
import { servicePorts } from './service-ports.js';
import { serviceRules } from './service-rules.js';

const run = promisify(execFile);
const prefix = `slt${process.pid}`;
const names = { node: `${prefix}-node`, a: `${prefix}-a`, b: `${prefix}-b`, outside: `${prefix}-out` };
const addresses = { a: '10.221.1.2', b: '10.221.1.3', outside: '10.220.0.1', node: '10.220.0.11' };
const inside = (namespace: string, ...command: string[]): Promise<{ stdout: string }> =>
  run('nsenter', [`--net=/run/netns/${namespace}`, '--', ...command]);

/** A node with two pods, joined as the ptp plugin does, and a client outside. Each pod's server tells its name and who asks. */
async function setUp(): Promise<ChildProcess[]> {
  for (const name of Object.values(names)) await run('ip', ['netns', 'add', name]);
  const inNode = (...args: string[]) => run('ip', ['-n', names.node, ...args]);
  await inside(names.node, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward; ip link set lo up');
  for (const pod of ['a', 'b'] as const) {
    await inNode('link', 'add', `to-${pod}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', names[pod]);
    await inNode('addr', 'add', '10.221.1.1/32', 'dev', `to-${pod}`);
    await inNode('link', 'set', `to-${pod}`, 'up');
    await inNode('route', 'add', addresses[pod], 'dev', `to-${pod}`);
    await run('ip', ['-n', names[pod], 'addr', 'add', `${addresses[pod]}/24`, 'dev', 'eth0']);
    await inside(
      names[pod],
      'sh',
      '-c',
      'ip link set lo up; ip link set eth0 up; ip route flush dev eth0; ip route add 10.221.1.1 dev eth0; ip route add default via 10.221.1.1',
    );
  }
  await inNode('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', names.outside);
  await inNode('addr', 'add', `${addresses.node}/24`, 'dev', 'eth0');
  await inNode('link', 'set', 'eth0', 'up');
  await inNode('route', 'add', 'default', 'via', addresses.outside);
  await inside(
    names.outside,
    'sh',
    '-c',
    `ip link set lo up; ip addr add ${addresses.outside}/24 dev eth0; ip link set eth0 up`,
  );
  return (['a', 'b'] as const).map((pod) => {
    const script = `require('net').createServer(s=>{s.on('error',()=>{});s.end('${pod} '+s.remoteAddress)}).listen(8080,'0.0.0.0')`;
    return spawn('nsenter', [`--net=/run/netns/${names[pod]}`, '--', process.execPath, '-e', script], {
      stdio: 'ignore',
    });
  });
}

/** What a connection from a place says, or how it fails. */
async function ask(from: keyof typeof names, address: string, port: number): Promise<string> {
  const script = `const s=require('net').connect(${port},'${address}');s.setTimeout(2000,()=>{console.log('silence');process.exit()});s.on('error',e=>console.log(e.code));s.on('data',d=>console.log(String(d).replace('::ffff:','')))`;
  return (await inside(names[from], process.execPath, '-e', script)).stdout.trim();
}
const askOften = async (from: keyof typeof names, address: string, port: number, times = 8): Promise<Set<string>> =>
  new Set(
    (await Promise.all(Array.from({ length: times }, () => ask(from, address, port)))).map(
      (said) => said.split(' ')[0] ?? '',
    ),
  );

const both = [at(addresses.a), at(addresses.b)];
const ip = '10.96.0.7';
const spec = (more: Partial<ServiceSpec> = {}): ServiceSpec => ({
  type: 'ClusterIP',
  clusterIP: ip,
  ports: [{ port: 80 }],
  ...more,
});
const nodePort = { type: 'NodePort' as const, ports: [{ port: 80, nodePort: 30080 }] };

const root = process.getuid?.() === 0;
(root ? describe : describe.skip)('the rules of a node, in network namespaces', () => {
  let servers: ChildProcess[] = [];
  let applied: Ruleset | undefined;
  const apply = async (given: Service, slices: EndpointSlice[]): Promise<string> => {
    const wanted = serviceRules(servicePorts(given, slices, 'node-1'), {
      podCidr: '10.221.1.0/24',
      reserved: ['10.96.0.10'],
    });
    const script = transaction('ip shiplog-services', applied, wanted);
    const nft = run('nsenter', [`--net=/run/netns/${names.node}`, '--', 'nft', '-f', '-']);
    nft.child.stdin?.end(script);
    await nft;
    applied = wanted;
    return script;
  };

  beforeAll(async () => {
    servers = await setUp();
    for (const pod of ['a', 'b'] as const)
      for (let i = 0; i < 50 && !(await ask('node', addresses[pod], 8080)).startsWith(pod); i++) await sleep(50);
  }, 30_000);
  afterAll(async () => {
    for (const server of servers) server.kill('SIGKILL');
    for (const name of Object.values(names)) await run('ip', ['netns', 'delete', name]).catch(() => undefined);
  });

  it('spreads over the targets from pods and from the node, and keeps the client’s address', async () => {
    await apply(service('web', spec()), [slice('web', both)]);
    expect(await askOften('a', ip, 80, 16)).toEqual(new Set(['a', 'b']));
    expect(await askOften('node', ip, 80, 16)).toEqual(new Set(['a', 'b']));
    await apply(service('web', spec()), [slice('web', [at(addresses.b)])]);
    expect(await ask('a', ip, 80)).toBe(`b ${addresses.a}`);
  });

  it('lets a pod reach itself through its Service', async () => {
    await apply(service('web', spec()), [slice('web', [at(addresses.a)])]);
    expect(await ask('a', ip, 80)).toMatch(/^a /);
  });

  it('refuses a Service without targets and a port that it does not have', async () => {
    await apply(service('web', spec(nodePort)), [slice('web', [])]);
    expect(await ask('a', ip, 80)).toBe('ECONNREFUSED');
    expect(await ask('node', ip, 80)).toBe('ECONNREFUSED');
    expect(await ask('outside', addresses.node, 30080)).toBe('ECONNREFUSED');
    await apply(service('web', spec()), [slice('web', both)]);
    expect(await ask('a', ip, 81)).toBe('ECONNREFUSED');
  });

  it('answers on a node port, under the policy Local with the client’s address', async () => {
    await apply(service('web', spec(nodePort)), [slice('web', both)]);
    expect(await askOften('outside', addresses.node, 30080, 16)).toEqual(new Set(['a', 'b']));
    await apply(service('web', spec({ ...nodePort, externalTrafficPolicy: 'Local' })), [
      slice('web', [at(addresses.a)]),
    ]);
    expect(await ask('outside', addresses.node, 30080)).toBe(`a ${addresses.outside}`);
    await apply(service('web', spec({ ...nodePort, externalTrafficPolicy: 'Local' })), [
      slice('web', [at(addresses.b, 'node-2')]),
    ]);
    expect(await ask('outside', addresses.node, 30080)).toBe('silence');
    expect(await ask('a', addresses.node, 30080)).toMatch(/^b /);
  });

  it('sends a client to the same target, and remembers it when other targets come', async () => {
    const sticky = service('web', spec({ sessionAffinity: 'ClientIP' }));
    await apply(sticky, [slice('web', both)]);
    const [first] = await askOften('node', ip, 80, 1);
    await apply(sticky, [slice('web', [...both, at('10.221.1.77')])]);
    expect(await askOften('node', ip, 80)).toEqual(new Set([first]));
  });
});
