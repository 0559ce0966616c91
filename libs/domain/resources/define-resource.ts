import type { FieldError } from '../api/field-error.js';
import type { FieldPath } from '../api/field-path.js';
import type { KubeObject } from '../api/kube-object.js';
import type { FormatCheck } from '../api/names.js';
import type { StreamName } from '../events/resource-event.js';
import type { StoredAs } from './stored-as/stored-as.js';

/** Time and ids come in from outside, so that the rules stay pure. */
export interface RuleContext {
  readonly now: Date;
  readonly newUid: () => string;
}

/** One column of the table that kubectl prints. `priority` 1 shows with -o wide only. */
export interface Column<T> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly priority?: number;
  readonly description?: string;
  readonly value: (object: T, now: Date) => string | number | boolean | null;
}

/** What a row of the table says about its object as a whole, e.g. that it has come to its end. */
export interface RowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** What a client may not set. Both are pure and return a changed copy or the object itself. */
export interface Strategy<T> {
  /** Runs after defaulting and mutating admission, before validation: clears status, sets generation, … */
  prepareForCreate?(object: T, context: RuleContext): T;
  /** Keeps what this endpoint may not change (status on the main resource). Generation is bumped by the registry through `changesGeneration`. */
  prepareForUpdate?(next: T, current: T, context: RuleContext): T;
  /** On the status subresource: what is taken from the request. Default: only `status` (and metadata.managedFields). */
  prepareForStatusUpdate?(next: T, current: T, context: RuleContext): T;
  /** Whether the change bumps metadata.generation. Default: `spec` (or, for kinds without status, nothing) differs. */
  changesGeneration?(next: T, current: T): boolean;
  /** Whether PUT to a missing name creates (Lease, Event, …). */
  readonly allowCreateOnUpdate?: boolean;
  /** Whether PUT without a resourceVersion is allowed (most kinds). Default true. */
  readonly allowUnconditionalUpdate?: boolean;
  /** Grace period for a delete, in seconds, given what the client asked for; undefined: delete at once. */
  gracePeriodSeconds?(object: T, asked: number | undefined): number | undefined;
  /** DELETE answers the object instead of a Status (Pod, Service, …). */
  readonly deleteReturnsObject?: boolean;
  /** What DELETE does to dependents when the client names no policy. Default 'background'. */
  readonly defaultPropagation?: 'background' | 'orphan';
}

export type SubresourceName = 'status' | 'scale' | (string & {});

/** JSON paths of the scale subresource, e.g. `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  /** Path of a LabelSelector object, or of a label map. */
  readonly selector?: string;
}

/**
 * Everything that is special about a kind. Field names, types, required fields, constant defaults, patch keys and protobuf numbers
 * are facts of the API and come from the generated table, not from here. All functions are pure.
 */
export interface ResourceDefinition<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly stream: StreamName;
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceName[];
  readonly scale?: ScalePaths;
  /** What the kind's names must look like. Default: a DNS subdomain. */
  readonly nameFormat?: FormatCheck;
  /** Whether a finalizer without a domain may have any name (Lease, Event). Default: only the standard ones. */
  readonly freeFinalizers?: boolean;
  /** Defaults that a constant in the schema cannot say. Mutates and returns nothing: it is given a fresh object. */
  readonly defaults?: (object: T) => void;
  /** Runs on create and on update; `validateCreate` and `validateUpdate` in addition on the one or the other. The metadata rules run for every kind by themselves. */
  readonly validate?: (object: T, at: FieldPath, context: RuleContext) => FieldError[];
  readonly validateCreate?: (object: T, at: FieldPath, context: RuleContext) => FieldError[];
  readonly validateUpdate?: (next: T, current: T, at: FieldPath, context: RuleContext) => FieldError[];
  readonly validateStatusUpdate?: (next: T, current: T, at: FieldPath, context: RuleContext) => FieldError[];
  /** In place of `validateUpdate` on an endpoint that writes a part of the object (ephemeralcontainers, resize). */
  readonly validatePartUpdate?: Readonly<
    Record<string, (next: T, current: T, at: FieldPath, context: RuleContext) => FieldError[]>
  >;
  /** Texts for Warning headers. */
  readonly warnings?: (next: T, current: T | undefined) => string[];
  /** The same for a DELETE that leaves open what becomes of dependents. */
  readonly deleteWarnings?: (options: { propagationPolicy?: string; orphanDependents?: boolean }) => string[];
  /** The kind that holds its objects, where that is another: writes go through `toStored`, reads through `fromStored`. */
  readonly storedAs?: StoredAs<T>;
  readonly strategy: Strategy<T>;
  /** Field selectors beyond metadata.name and metadata.namespace: path → value. */
  readonly selectableFields: Readonly<Record<string, (object: T) => string>>;
  readonly columns: readonly Column<T>[];
  readonly rowConditions?: (object: T) => readonly RowCondition[];
}

/** The one place where the element type is given up: heterogeneous lists of definitions. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyResource = ResourceDefinition<any>;

type Identity = 'group' | 'version' | 'kind' | 'plural';

/** What a kind's folder states; all else has a default that fits most kinds. */
export type ResourceTraits<T extends KubeObject> = Pick<ResourceDefinition<T>, Identity> &
  Partial<Omit<ResourceDefinition<T>, Identity>>;

/** Marks a kind's traits for type inference. `resources.ts` completes them with the facts of the API table. */
export const defineResource = <T extends KubeObject>(traits: ResourceTraits<T>): ResourceTraits<T> => traits;
