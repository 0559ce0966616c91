import type { Pod, Toleration } from '@shiplog/domain';
import type { AdmissionPlugin } from '../../admission-plugin.js';
import { isAbout } from '../../refuse.js';

const tolerationSeconds = 300;

/** A pod stays for five minutes on a node that is not ready or not reachable, unless it says otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (request) => ['CREATE', 'UPDATE'].includes(request.operation) && isAbout(request, '', 'pods'),
  admit: ({ object }) => {
    const pod = object as Pod;
    const given = pod.spec.tolerations ?? [];
    const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
      .filter((key) => !given.some((toleration) => speaksOf(toleration, key)))
      .map((key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }));
    if (missing.length > 0) pod.spec.tolerations = [...given, ...missing];
    return pod;
  },
};

const speaksOf = ({ key, effect }: Toleration, taint: string): boolean =>
  (!key || key === taint) && (!effect || effect === 'NoExecute');
