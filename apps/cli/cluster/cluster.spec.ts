import { claimedPorts, type ClusterSettings } from './cluster-settings.js';
import { advertiseAddress, hollowHostPlans, networkPlan, nodePlans } from './cluster.js';
import { homeFolder } from './cluster-paths.js';

const settings = (change: Partial<ClusterSettings>): ClusterSettings =>
  ({
    name: 'shiplog',
    runtime: 'cri',
    nodes: 2,
    networkIndex: 0,
    servingPorts: {},
    ...change,
  }) as ClusterSettings;

describe('where a cluster lies in the network', () => {
  it('gives each node an address and a range of pods', () => {
    expect(nodePlans(settings({}))).toEqual([
      { name: 'node-1', address: '10.200.0.11', podCidr: '10.201.1.0/24', servingPort: 10250 },
      { name: 'node-2', address: '10.200.0.12', podCidr: '10.201.2.0/24', servingPort: 10250 },
    ]);
    expect(advertiseAddress(settings({}))).toBe('10.200.0.1');
  });
  it('keeps a second cluster apart', () => {
    expect(networkPlan(settings({ name: 'other', networkIndex: 2 }))).toEqual({
      ...{ bridge: 'other-br', hostAddress: '10.204.0.1', nodeCidr: '10.204.0.0/24', podCidr: '10.205.0.0/16' },
    });
  });
  it('puts hollow nodes on loopback, many at one port', () => {
    const hollow = settings({ runtime: 'hollow', nodes: 3, servingPorts: { 'hollow-1': 21_000 } });
    expect(nodePlans(hollow)).toEqual([]);
    expect(hollowHostPlans(hollow)).toEqual([
      {
        name: 'hollow-1',
        nodes: ['node-1', 'node-2', 'node-3'],
        addresses: ['127.64.0.1', '127.64.0.2', '127.64.0.3'],
        firstPodCidr: '100.64.0.0/24',
        servingPort: 21_000,
      },
    ]);
  });
});

test('no process is given a port that is the cluster’s already, the API’s before it is served included', () => {
  expect(claimedPorts(settings({ apiPort: 6443 }))).toEqual(new Set([6443]));
  const settled = settings({ apiPort: 1, natsPort: 2, postgresPort: 3, healthPorts: { a: 4 }, servingPorts: { b: 5 } });
  expect(claimedPorts(settled)).toEqual(new Set([1, 2, 3, 4, 5]));
});

describe('homeFolder', () => {
  it.each([
    ['/given', { SHIPLOG_HOME: '/env' }, '/given'],
    [undefined, { SHIPLOG_HOME: '/env' }, '/env'],
    [undefined, { XDG_DATA_HOME: '/xdg', HOME: '/home/me' }, '/xdg/shiplog'],
    [undefined, { HOME: '/home/me' }, '/home/me/.local/share/shiplog'],
  ])('%j %j', (given, env, folder) => expect(homeFolder(given, env)).toBe(folder));
});
