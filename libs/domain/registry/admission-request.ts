import type { KubeObject } from '../api/kube-object.js';
import type { UserInfo } from '../api/user-info.js';
import type { AnyResource } from '../resources/define-resource.js';
import type { ObjectReader } from './object-reader.js';

/** What admission plugins decide on: the write as it would be stored. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: AnyResource;
  /** '' on the resource itself. */
  readonly subresource: string;
  readonly namespace: string;
  /** '' where the name is not known yet (generateName). */
  readonly name: string;
  /** After the change, defaulted. Absent on DELETE; on CONNECT the options. For a subresource with a kind of its own (Binding, Scale): that. */
  readonly object?: KubeObject;
  /** As stored now. Absent on CREATE and CONNECT. */
  readonly oldObject?: KubeObject;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** CreateOptions, UpdateOptions, PatchOptions or DeleteOptions of the request. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly read: ObjectReader;
  /** Adds a text for a Warning header. */
  warn(text: string): void;
}

/** The admission chain as the registry calls it. */
export interface Admission {
  /** Mutating plugins in order. Returns the object to go on with (undefined on DELETE). @throws StatusError to refuse. */
  admit(request: AdmissionRequest, signal: AbortSignal): Promise<KubeObject | undefined>;
  /** Validating plugins, on the final object. @throws StatusError to refuse. */
  validate(request: AdmissionRequest, signal: AbortSignal): Promise<void>;
}
