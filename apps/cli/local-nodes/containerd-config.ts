import { existsSync } from 'node:fs';
import type { NodePaths } from '../cluster/cluster-paths.js';
import type { NodePlan } from '../cluster/cluster.js';
import { pauseImage } from '../images/build-images.js';

/** Where distributions and upstream put CNI plugins. */
const pluginFolders = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];

export function cniPluginFolder(): string {
  const found = pluginFolders.find((folder) => existsSync(`${folder}/ptp`));
  if (!found)
    throw new Error(
      `the CNI plugins are not installed (looked in ${pluginFolders.join(', ')}); on Debian and Ubuntu: apt-get install containernetworking-plugins`,
    );
  return found;
}

export interface ContainerdOptions {
  readonly pluginFolder: string;
  readonly snapshotter: 'overlayfs' | 'native';
}

/**
 * containerd's configuration for one node: everything below the node's folder, so that several run side by side. Pure.
 * Score adjustments of the out-of-memory killer are restricted to what the machine allows; without CAP_SYS_RESOURCE others fail.
 */
export const containerdConfig = (
  paths: NodePaths,
  { pluginFolder, snapshotter }: ContainerdOptions,
): string => `version = 2
root = "${paths.containerdRoot}"
state = "${paths.containerdState}"
oom_score = 0
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = "${paths.containerdSocket}"

[plugins."io.containerd.internal.v1.opt"]
  path = "${paths.containerdRoot}/opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  tolerate_missing_hugetlb_controller = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${pluginFolder}"
    conf_dir = "${paths.cniConfiguration}"

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter}"
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "${paths.containerdState}/runc"
`;

/** The pod network of a node: one veth and host route per pod, addresses from the node's range. Pure. */
export const cniConfiguration = (paths: NodePaths, node: NodePlan): string =>
  `${JSON.stringify(
    {
      cniVersion: '1.0.0',
      name: 'shiplog',
      plugins: [
        {
          type: 'ptp',
          ipMasq: false,
          ipam: {
            type: 'host-local',
            dataDir: paths.cniAddresses,
            ranges: [[{ subnet: node.podCidr }]],
            routes: [{ dst: '0.0.0.0/0' }],
          },
        },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    },
    null,
    2,
  )}\n`;

/** The longest path of a UNIX socket. */
const longestSocketPath = 107;

export function assertSocketPathFits({ containerdSocket }: NodePaths): void {
  if (containerdSocket.length > longestSocketPath)
    throw new Error(
      `${containerdSocket} is too long for a socket (${longestSocketPath} characters at most); choose a shorter --home`,
    );
}
