import { setTimeout as sleep } from 'node:timers/promises';
import { generatedName, type AdmissionRequest, type Pod, type ServiceAccount } from '@shiplog/domain';
import { podReferences } from '../../../authorization/node/pod-references.js';
import type { AdmissionPlugin } from '../../admission-plugin.js';
import { isAbout, refuse } from '../../refuse.js';
import { isMirror } from '../mirror-pod.js';
import { secretProblem } from './mountable-secrets.js';
import { mountToken } from './token-volume.js';

const defaultName = 'default';
/** A new namespace gets its default account from a controller a moment after it is there: worth a wait. */
const patience = { attempts: 10, pauseMs: 150 };

/** Every pod acts as a service account of its namespace, and finds its token where clients look for it. */
export const serviceAccountPlugin = (random: () => number): AdmissionPlugin => ({
  name: 'ServiceAccount',
  handles: (request) => request.operation === 'CREATE' && isAbout(request, '', 'pods'),
  admit: async (request, signal) => {
    const pod = request.object as Pod;
    if (isMirror(pod)) return pod;
    const { spec } = pod;
    spec.serviceAccountName ||= defaultName;
    spec.serviceAccount = spec.serviceAccountName;
    const account = await accountOf(request, spec.serviceAccountName, signal);
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true)
      mountToken(pod, (prefix) => generatedName(prefix, random));
    if ((spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets?.length)
      spec.imagePullSecrets = account.imagePullSecrets.map(({ name }) => ({ name: name ?? '' }));
    return pod;
  },
  validate: async (request, signal) => {
    const pod = request.object as Pod;
    if (isMirror(pod)) {
      confirmMirror(request, pod);
      return;
    }
    const { serviceAccountName = '' } = pod.spec;
    if (serviceAccountName === '')
      throw refuse(request, `no service account specified for pod ${request.namespace}/${request.name}`);
    const problem = secretProblem(pod, await accountOf(request, serviceAccountName, signal));
    if (problem !== undefined) throw refuse(request, problem);
  },
});

async function accountOf(request: AdmissionRequest, name: string, signal: AbortSignal): Promise<ServiceAccount> {
  const { namespace, read } = request;
  const address = { group: '', plural: 'serviceaccounts', namespace, name };
  const known = read.get<ServiceAccount>(address);
  if (known) return known;
  for (let attempt = 1; ; attempt += 1) {
    const found = await read.latest<ServiceAccount>(address, signal);
    if (found) return found;
    if (name !== defaultName || attempt >= patience.attempts) break;
    await sleep(patience.pauseMs, undefined, { signal });
  }
  throw refuse(
    request,
    `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`,
  );
}

/** A mirror pod shows what a node runs by itself; it must not reach for anything of the API. */
function confirmMirror(request: AdmissionRequest, pod: Pod): void {
  if (pod.spec.serviceAccountName) throw refuse(request, 'a mirror pod may not reference service accounts');
  if (podReferences(pod).some(({ resource }) => resource === 'secrets'))
    throw refuse(request, 'a mirror pod may not reference secrets');
  if (pod.spec.volumes?.some(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken)))
    throw refuse(request, 'a mirror pod may not use ServiceAccountToken volume projections');
}
