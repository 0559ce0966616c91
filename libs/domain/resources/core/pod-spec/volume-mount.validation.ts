import { all, each } from '../../../api/findings.js';
import { forbiddenField, invalid, notFoundField, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Container, Volume, VolumeDevice, VolumeMount } from '../../../api/generated/types.js';
import { oneOf } from '../../rules.js';
import { descendingPath, pathWithoutBacksteps } from './volume-path.validation.js';

type Mounting = Pick<Container, 'volumeMounts' | 'volumeDevices' | 'securityContext'>;

function validatePropagation(mode: string | undefined, privileged: boolean, at: FieldPath): FieldError[] {
  return all(
    oneOf(mode, ['Bidirectional', 'HostToContainer', 'None'], at),
    mode === 'Bidirectional' && !privileged
      ? [forbiddenField(at, 'Bidirectional mount propagation is available only to privileged containers')]
      : [],
  );
}

function validateRecursiveReadOnly(
  { recursiveReadOnly, readOnly, mountPropagation }: VolumeMount,
  at: FieldPath,
): FieldError[] {
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return [];
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') {
    return oneOf(recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'], at);
  }
  return all(
    readOnly ? [] : [forbiddenField(at, 'may only be specified when readOnly is true')],
    mountPropagation === undefined || mountPropagation === 'None'
      ? []
      : [forbiddenField(at, 'may only be specified when mountPropagation is None or not specified')],
  );
}

function validateSubPath({ subPath, subPathExpr }: VolumeMount, list: FieldPath, at: FieldPath): FieldError[] {
  return all(
    subPath ? descendingPath(subPath, list.child('subPath')) : [],
    subPath && subPathExpr
      ? [invalid(at.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive')]
      : [],
    subPathExpr ? descendingPath(subPathExpr, list.child('subPathExpr')) : [],
  );
}

/** Mounts name volumes of the pod, each path once. */
export function validateVolumeMounts(container: Mounting, volumes: readonly Volume[], at: FieldPath): FieldError[] {
  const mounts = container.volumeMounts ?? [];
  const devices = container.volumeDevices ?? [];
  const privileged = container.securityContext?.privileged === true;
  return each(mounts, (mount, i) => {
    const { name, mountPath } = mount;
    const path = at.index(i);
    return all(
      name ? [] : [required(path.child('name'))],
      volumes.some((volume) => volume.name === name) ? [] : [notFoundField(path.child('name'), name)],
      mountPath ? [] : [required(path.child('mountPath'))],
      mounts.findIndex((other) => other.mountPath === mountPath) < i
        ? [invalid(path.child('mountPath'), mountPath, 'must be unique')]
        : [],
      devices.some((device) => device.name === name)
        ? [invalid(path.child('name'), name, 'must not already exist in volumeDevices')]
        : [],
      devices.some(({ devicePath }) => devicePath === mountPath)
        ? [invalid(path.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices')]
        : [],
      validateSubPath(mount, at, path),
      validatePropagation(mount.mountPropagation, privileged, at.child('mountPropagation')),
      validateRecursiveReadOnly(mount, at.child('recursiveReadOnly')),
    );
  });
}

/** Block devices come from persistent volume claims only. */
export function validateVolumeDevices(container: Mounting, volumes: readonly Volume[], at: FieldPath): FieldError[] {
  const devices = container.volumeDevices ?? [];
  const mounts = container.volumeMounts ?? [];
  const earlier = (i: number, same: (device: VolumeDevice) => boolean): boolean => devices.slice(0, i).some(same);
  return each(devices, ({ name, devicePath }, i) => {
    const path = at.index(i);
    const volume = volumes.find((candidate) => candidate.name === name);
    return all(
      name ? [] : [required(path.child('name'))],
      name && earlier(i, (other) => other.name === name) ? [invalid(path.child('name'), name, 'must be unique')] : [],
      volume && !volume.persistentVolumeClaim && !volume.ephemeral
        ? [
            invalid(
              path.child('name'),
              name,
              'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
            ),
          ]
        : [],
      volume ? [] : [notFoundField(path.child('name'), name)],
      devicePath ? [] : [required(path.child('devicePath'))],
      earlier(i, (other) => other.devicePath === devicePath)
        ? [invalid(path.child('devicePath'), devicePath, 'must be unique')]
        : [],
      devicePath && pathWithoutBacksteps(devicePath, path).length > 0
        ? [invalid(path.child('devicePath'), devicePath, "can not contain backsteps ('..')")]
        : [],
      mounts.some((mount) => mount.name === name)
        ? [invalid(path.child('name'), name, 'must not already exist in volumeMounts')]
        : [],
      mounts.some(({ mountPath }) => mountPath === devicePath)
        ? [invalid(path.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts')]
        : [],
    );
  });
}
