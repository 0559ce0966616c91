import type { Node, NodeSpec } from '../../../api/generated/types.js';
import { node } from './node.resource.js';

test.each<[NodeSpec, string[]]>([
  [{ podCIDRs: ['10.0.0.0/24', 'fd00::/64'] }, []],
  [{ externalID: 'x' }, ['spec.externalID: this field is deprecated, and is unused by Kubernetes']],
  [
    { podCIDRs: ['FD00::/64'] },
    ['spec.podCIDRs[0]: IPv6 CIDR value "FD00::/64" should be in RFC 5952 canonical format ("fd00::/64")'],
  ],
])('a node with %j is warned of %j', (spec, expected) =>
  expect(node.warnings?.({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec } as Node, undefined)).toEqual(
    expected,
  ),
);
