import type { ClusterSettings } from './cluster-settings.js';
import { advertiseAddress, networkPlan, nodePlans } from './cluster.js';
import { homeFolder } from './cluster-paths.js';

const settings = (change: Partial<ClusterSettings>): ClusterSettings =>
  ({
    name: 'shiplog',
    runtime: 'cri',
    nodes: 2,
    networkIndex: 0,
    servingPorts: { 'node-1': 21_000, 'node-2': 21_001 },
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
  it('puts hollow nodes on loopback', () => {
    expect(
      nodePlans(settings({ runtime: 'hollow' })).map(({ address, servingPort }) => `${address}:${servingPort}`),
    ).toEqual(['127.0.0.1:21000', '127.0.0.1:21001']);
  });
});

describe('homeFolder', () => {
  it.each([
    ['/given', { SHIPLOG_HOME: '/env' }, '/given'],
    [undefined, { SHIPLOG_HOME: '/env' }, '/env'],
    [undefined, { XDG_DATA_HOME: '/xdg', HOME: '/home/me' }, '/xdg/shiplog'],
    [undefined, { HOME: '/home/me' }, '/home/me/.local/share/shiplog'],
  ])('%j %j', (given, env, folder) => expect(homeFolder(given, env)).toBe(folder));
});
