import { removeTestCgroups, startContainerd, testImage, whyNoContainers } from '../../testing/containerd.js';
import { describePodRuntime } from '../pod-runtime.contract.js';
import { CriRuntime } from './cri-runtime.js';

const reason = whyNoContainers();
if (reason) {
  it.skip(`CRI runtime on containerd: ${reason}`, () => undefined);
} else {
  describePodRuntime('cri', async () => {
    const containerd = await startContainerd('10.213.7.0/24');
    return {
      runtime: new CriRuntime(containerd.socket),
      image: testImage,
      missingImage: 'missing.invalid/app:1',
      logFolder: containerd.folder,
      exitingWith: (code, container, sandbox) => ({
        sandbox,
        container: { ...container, command: ['sh', '-c', `sleep 0.2; exit ${code}`] },
      }),
      stubborn: (container, sandbox) => ({
        sandbox,
        container: { ...container, command: ['sh', '-c', "trap '' TERM; while :; do sleep 0.1; done"] },
      }),
      close: async () => {
        await containerd.stop();
        removeTestCgroups('/shiplog-test');
      },
    };
  });
}
