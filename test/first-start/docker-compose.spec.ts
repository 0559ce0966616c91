import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'ipaddr.js';
import { parse as parseYaml } from 'yaml';

interface ComposeFile {
  readonly services: Record<
    string,
    { readonly networks?: readonly string[] | Record<string, { readonly ipv4_address?: string }> }
  >;
  readonly networks: {
    readonly cluster: {
      readonly ipam: { readonly config: readonly [{ readonly subnet: string; readonly ip_range: string }] };
    };
  };
}
const file = parseYaml(readFileSync(resolve(import.meta.dirname, '../../docker-compose.yml'), 'utf8'), {
  merge: true,
}) as ComposeFile;
const [{ subnet, ip_range: range }] = file.networks.cluster.ipam.config;
const given = Object.values(file.services).flatMap(({ networks = {} }) =>
  Object.values(networks).flatMap((at: { ipv4_address?: string }) => at.ipv4_address ?? []),
);
const within = (address: string, block: string): boolean => {
  const [network = '', bits] = block.split('/');
  return parse(address).match(parse(network) as never, Number(bits));
};

test('four containers have addresses of their own', () => expect(given).toHaveLength(4));
test.each(given)('%s is never taken by a container that started earlier', (address) => {
  expect(within(address, subnet)).toBe(true);
  expect(within(address, range)).toBe(false);
});
