import { chooseNetworkIndex } from './network-index.js';

const own =
  '10.200.0.0/24 dev shiplog-br proto kernel scope link src 10.200.0.1\n10.201.1.0/24 via 10.200.0.11 dev shiplog-br';
const other = '10.200.0.0/24 dev other-br proto kernel scope link src 10.200.0.1';
const vpn = '10.203.4.0/24 via 192.0.2.1 dev tun0';

describe('chooseNetworkIndex', () => {
  it.each([
    ['takes the first on a machine without such routes', 'default via 192.0.2.1 dev eth0', undefined, 0],
    ['keeps the one it had, its own leftovers included', own, 0, 0],
    ['keeps the one it had', vpn, 3, 3],
    ['leaves it to another cluster that took it meanwhile', other, 0, 1],
    ['goes around both halves of a pair', `${other}\n${vpn}`, undefined, 2],
  ])('%s', (_, routes, remembered, index) => expect(chooseNetworkIndex(routes, 'shiplog-br', remembered)).toBe(index));

  it('finds none when all are taken', () => {
    const all = Array.from({ length: 56 }, (_, i) => `10.${200 + i}.0.0/16 dev tun0`).join('\n');
    expect(chooseNetworkIndex(all, 'shiplog-br', 0)).toBeUndefined();
  });
});
