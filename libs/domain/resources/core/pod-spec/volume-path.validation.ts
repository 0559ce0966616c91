import { all } from '../../../api/findings.js';
import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';

export const pathWithoutBacksteps = (path: string, at: FieldPath): FieldError[] =>
  path.split('/').includes('..') ? [invalid(at, path, "must not contain '..'")] : [];

/** A path below the volume: relative and without `..`. */
export const descendingPath = (path: string, at: FieldPath): FieldError[] =>
  all(path.startsWith('/') ? [invalid(at, path, 'must be a relative path')] : [], pathWithoutBacksteps(path, at));

/** A file's path in a volume whose files are replaced atomically: names that start with `..` are the writer's own. */
export const unreservedPath = (path: string, at: FieldPath): FieldError[] =>
  all(
    descendingPath(path, at),
    path.startsWith('..') && !path.startsWith('../') ? [invalid(at, path, "must not start with '..'")] : [],
  );

/** Permission bits of a file: 0 to 0777. */
export const fileMode = (mode: number | undefined, at: FieldPath): FieldError[] =>
  mode === undefined || (mode >= 0 && mode <= 0o777)
    ? []
    : [invalid(at, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
