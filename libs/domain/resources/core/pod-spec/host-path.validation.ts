import { all } from '../../../api/findings.js';
import { required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { HostPathVolumeSource } from '../../../api/generated/types.js';
import { oneOf } from '../../rules.js';
import { pathWithoutBacksteps } from './volume-path.validation.js';

const types = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

/** A path of the node, in a pod's volume or in a PersistentVolume. */
export const validateHostPath = ({ path, type }: HostPathVolumeSource, at: FieldPath): FieldError[] =>
  all(
    path ? pathWithoutBacksteps(path, at.child('path')) : [required(at.child('path'))],
    oneOf(type, types, at.child('type')),
  );
