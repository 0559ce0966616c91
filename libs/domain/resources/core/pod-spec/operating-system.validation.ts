import { all, each } from '../../../api/findings.js';
import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PodSpec } from '../../../api/generated/types.js';
import { placedContainers } from './containers.js';

const notForWindows = 'cannot be set for a windows pod';
const notForLinux = 'windows options cannot be set for a linux pod';

/** What only Linux knows; `true` where the API cannot tell "off" from "not said". */
const linuxOfPod: readonly { readonly field: keyof PodSpec; readonly onlyIfTrue?: true }[] = [
  { field: 'hostUsers' },
  { field: 'hostPID', onlyIfTrue: true },
  { field: 'hostIPC', onlyIfTrue: true },
  { field: 'shareProcessNamespace' },
];
const linuxOfPodContext = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const;
const linuxOfContext = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

const isSaid = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);

function validateWindows(spec: PodSpec, at: FieldPath): FieldError[] {
  const { securityContext } = spec;
  const inPod = linuxOfPod.filter(({ field, onlyIfTrue }) => (onlyIfTrue ? spec[field] === true : isSaid(spec[field])));
  return all(
    inPod.map(({ field }) => forbiddenField(at.child(field), notForWindows)),
    linuxOfPodContext
      .filter((field) => isSaid(securityContext?.[field]))
      .map((field) => forbiddenField(at.child('securityContext', field), notForWindows)),
    each(placedContainers(spec, at), ([container, path]) =>
      linuxOfContext
        .filter((field) => isSaid(container.securityContext?.[field]))
        .map((field) => forbiddenField(path.child('securityContext', field), notForWindows)),
    ),
  );
}

const validateLinux = (spec: PodSpec, at: FieldPath): FieldError[] =>
  [[spec, at] as const, ...placedContainers(spec, at)]
    .filter(([{ securityContext }]) => securityContext?.windowsOptions !== undefined)
    .map(([, path]) => forbiddenField(path.child('securityContext', 'windowsOptions'), notForLinux));

/** A pod that names its operating system sets nothing that only the other one knows. */
export function validateOs(spec: PodSpec, at: FieldPath): FieldError[] {
  const { os } = spec;
  if (!os) return [];
  if (!os.name) return [required(at.child('os', 'name'))];
  if (os.name === 'linux') return validateLinux(spec, at);
  if (os.name === 'windows') return validateWindows(spec, at);
  return [notSupported(at.child('os'), os.name, ['linux', 'windows'])];
}

/** HostProcess containers run on a Windows node itself: all of a pod's containers do, or none, and on the node's network. */
export function validateHostProcesses(spec: PodSpec, at: FieldPath): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = placedContainers(spec, at).map(([{ securityContext }, path]) => ({
    own: securityContext?.windowsOptions?.hostProcess,
    path: path.child('securityContext', 'windowsOptions', 'hostProcess'),
  }));
  const count = containers.filter(({ own }) => own ?? ofPod).length;
  return all(
    containers
      .filter(({ own }) => ofPod !== undefined && own !== undefined && own !== ofPod)
      .map(({ own, path }) =>
        invalid(path, own, `pod hostProcess value must be identical if both are specified, was ${ofPod}`),
      ),
    count > 0 && count < containers.length
      ? [
          invalid(
            at,
            '',
            'If pod contains any hostProcess containers then all containers must be HostProcess containers',
          ),
        ]
      : [],
    count > 0 && !spec.hostNetwork
      ? [invalid(at.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers')]
      : [],
  );
}
