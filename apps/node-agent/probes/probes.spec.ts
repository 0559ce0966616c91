import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Probe } from '@shiplog/domain';
import { eventually } from '@shiplog/testing';
import { RuntimeError, type PodRuntime } from '../runtime/pod-runtime.js';
import { aContainer } from '../testing/pods.js';
import { ContainerProbes } from './container-probes.js';
import { portNumber, tryProbe } from './probe-request.js';
import { initialState, nextState, type ProbeKind, type ProbeOutcome } from './probe-state.js';

const outcome = (letter: string): ProbeOutcome => ({
  result: letter === '+' ? 'success' : letter === '-' ? 'failure' : 'unknown',
  output: '',
});

describe('nextState', () => {
  test.each<[ProbeKind, Probe, string, string]>([
    ['readiness', {}, '+', '+'],
    ['readiness', {}, '+--+', '++++'],
    ['readiness', {}, '+---', '+++-'],
    ['readiness', { successThreshold: 2 }, '+-++', '---+'],
    ['readiness', { failureThreshold: 1 }, '+-+', '+-+'],
    ['liveness', {}, '--?-', '+++-'],
    ['liveness', { failureThreshold: 1 }, '-', '-'],
    ['startup', { failureThreshold: 2 }, '-+', '.+'],
    ['startup', { failureThreshold: 2 }, '--', '.-'],
  ])('%s %j: tries %s give %s', (kind, probe, tries, expected) => {
    let state = initialState(kind);
    const verdicts = [...tries].map((letter) => {
      state = nextState(state, outcome(letter), probe);
      return { success: '+', failure: '-', pending: '.' }[state.verdict];
    });
    expect(verdicts.join('')).toBe(expected);
  });
});

describe('ContainerProbes', () => {
  const every: Probe = { periodSeconds: 0.01, exec: { command: ['x'] } };
  const turn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  let probes: ContainerProbes;
  afterEach(() => probes.stop());

  function begin(
    kinds: Partial<Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', Probe>>,
    answers: Partial<Record<ProbeKind, string>>,
    before?: { started: boolean; ready: boolean },
  ) {
    const tried: ProbeKind[] = [];
    const failures: ProbeKind[] = [];
    probes = new ContainerProbes({
      container: { role: 'app', spec: aContainer('app', kinds) },
      startedAt: Date.now(),
      before,
      now: Date.now,
      attempt: (kind) => {
        const letter = answers[kind]?.[tried.filter((other) => other === kind).length] ?? answers[kind]?.at(-1) ?? '+';
        tried.push(kind);
        return Promise.resolve(outcome(letter));
      },
      onChange: () => undefined,
      onFailure: (kind) => failures.push(kind),
    });
    return { tried, failures };
  }

  it('is healthy without probes', () => {
    begin({}, {});
    expect(probes.health).toEqual({ started: true, ready: true });
  });

  it('holds the others back until the startup probe has succeeded', async () => {
    const { tried } = begin({ startupProbe: every, livenessProbe: every, readinessProbe: every }, { startup: '--+' });
    expect(probes.health).toEqual({ started: false, ready: false });
    await eventually(() => expect(probes.health).toEqual({ started: true, ready: true }));
    expect(tried.slice(0, 3)).toEqual(['startup', 'startup', 'startup']);
    expect(tried.filter((kind) => kind === 'startup')).toHaveLength(3);
  });

  it('says which probe failed, once, and tries it no more', async () => {
    const { failures } = begin({ livenessProbe: { ...every, failureThreshold: 2 } }, { liveness: '-' });
    await eventually(() => expect(probes.health).toEqual({ started: true, ready: true, failed: 'liveness' }));
    await turn(30);
    expect(failures).toEqual(['liveness', 'liveness']);
  });

  it('waits its initial delay, not ready', async () => {
    const { tried } = begin({ readinessProbe: { ...every, initialDelaySeconds: 60 } }, {});
    await turn(30);
    expect([tried, probes.health.ready]).toEqual([[], false]);
  });

  it('believes what an earlier agent found out about this run', () => {
    begin({ startupProbe: every, readinessProbe: every }, {}, { started: true, ready: true });
    expect(probes.health).toEqual({ started: true, ready: true });
  });

  it('asks no more for liveness once the pod is ending', async () => {
    const { tried } = begin({ livenessProbe: every, readinessProbe: every }, {});
    probes.endLiveness();
    await eventually(() => expect(tried.length).toBeGreaterThan(1));
    expect(new Set(tried)).toEqual(new Set(['readiness']));
  });
});

describe('tryProbe', () => {
  let server: Server;
  let port: number;
  const asked: Record<string, unknown>[] = [];
  beforeAll(async () => {
    server = createServer(({ url, headers }, response) => {
      asked.push({ url, headers });
      if (url === '/slow') return;
      response.writeHead(Number(url?.slice(1)) || 200, { location: 'http://elsewhere.invalid/' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const commands: Record<string, () => Promise<{ exitCode: number; stdout: Buffer; stderr: Buffer }>> = {
    true: () => Promise.resolve({ exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }),
    false: () => Promise.resolve({ exitCode: 1, stdout: Buffer.from('out '), stderr: Buffer.from('err') }),
    late: () => Promise.reject(new RuntimeError('DeadlineExceeded', 'late')),
    gone: () => Promise.reject(new RuntimeError('Unavailable', 'no runtime')),
  };
  const runtime = { execute: (_id: string, [name = '']: string[]) => commands[name]?.() } as unknown as PodRuntime;
  const trying = (probe: Probe) => {
    const container = aContainer('app', { ports: [{ name: 'web', containerPort: port }] });
    return tryProbe({ timeoutSeconds: 0.2, ...probe }, { runtime, containerId: 'c', container, podIp: '127.0.0.1' });
  };
  const closed = 1;

  test.each<[string, () => Probe, string, string | RegExp]>([
    ['http 200', () => ({ httpGet: { port, path: '/200' } }), 'success', ''],
    ['http by port name', () => ({ httpGet: { port: 'web' } }), 'success', ''],
    ['http 302', () => ({ httpGet: { port, path: '/302' } }), 'success', ''],
    ['http 500', () => ({ httpGet: { port, path: '/500' } }), 'failure', 'HTTP probe failed with statuscode: 500'],
    ['http too slow', () => ({ httpGet: { port, path: '/slow' } }), 'failure', /context deadline exceeded/],
    [
      'http refused',
      () => ({ httpGet: { port: closed } }),
      'failure',
      'Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
    ],
    ['tcp', () => ({ tcpSocket: { port } }), 'success', ''],
    [
      'tcp refused',
      () => ({ tcpSocket: { port: closed } }),
      'failure',
      'dial tcp 127.0.0.1:1: connect: connection refused',
    ],
    ['command', () => ({ exec: { command: ['true'] } }), 'success', ''],
    ['command that fails', () => ({ exec: { command: ['false'] } }), 'failure', 'out err'],
    [
      'command too slow',
      () => ({ exec: { command: ['late'] } }),
      'failure',
      'command timed out: "late" timed out after 0.2s',
    ],
    ['no runtime', () => ({ exec: { command: ['gone'] } }), 'unknown', 'no runtime'],
    ['an unknown port name', () => ({ httpGet: { port: 'nope' } }), 'unknown', 'no port named nope'],
  ])('%s', async (_, probe, result, output) => {
    const answer = await trying(probe());
    expect(answer.result).toBe(result);
    expect(answer.output).toMatch(
      output instanceof RegExp ? output : new RegExp(`^${output.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`),
    );
  });

  it('sends the headers of the probe over its own', async () => {
    await trying({
      httpGet: {
        port,
        path: '/h',
        httpHeaders: [
          { name: 'user-agent', value: 'mine' },
          { name: 'Host', value: 'x.example' },
        ],
      },
    });
    expect(asked.at(-1)).toMatchObject({
      url: '/h',
      headers: { 'user-agent': 'mine', host: 'x.example', accept: '*/*' },
    });
  });

  it('portNumber', () => {
    const container = aContainer('app', { ports: [{ name: 'web', containerPort: 80 }] });
    expect([portNumber(8080, container), portNumber('web', container), portNumber('81', container)]).toEqual([
      8080, 80, 81,
    ]);
  });
});
