import { readFile, statfs } from 'node:fs/promises';
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import type { NodeSystemInfo } from '@shiplog/domain';

/** The Kubernetes version whose node behaviour this agent has. */
export const kubeletVersion = 'v1.36.3';

/** What this machine has for pods. */
export async function machineCapacity(folder: string): Promise<Record<string, string>> {
  const disk = await statfs(folder);
  return {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor((disk.blocks * disk.bsize) / 1024)}Ki`,
    pods: '110',
  };
}

/** What a simulated node claims to have. */
export const hollowCapacity: Readonly<Record<string, string>> = {
  cpu: '32',
  memory: '256Gi',
  'ephemeral-storage': '100Gi',
  pods: '110',
};

/** nodeInfo, as `kubectl get nodes -o wide` shows it. */
export async function systemInfo(containerRuntimeVersion: string): Promise<NodeSystemInfo> {
  const [machineID, bootID, osRelease] = await Promise.all(
    ['/etc/machine-id', '/proc/sys/kernel/random/boot_id', '/etc/os-release'].map((file) =>
      readFile(file, 'utf8').then(
        (text) => text.trim(),
        () => '',
      ),
    ),
  );
  return {
    machineID: machineID ?? '',
    systemUUID: machineID ?? '',
    bootID: bootID ?? '',
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?(.*?)"?$/m.exec(osRelease ?? '')?.[1] ?? platform(),
    containerRuntimeVersion,
    kubeletVersion,
    kubeProxyVersion: '',
    operatingSystem: platform(),
    architecture: goArchitectures[arch()] ?? arch(),
  };
}

const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };
