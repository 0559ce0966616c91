import { deepEqual } from '../api/deep-equal.js';
import type { KubeObject } from '../api/kube-object.js';
import { settled } from '../patch/managed-fields/track-update.js';
import { writtenObject } from '../schema/decode/object-codec.js';
import type { Admission, AdmissionRequest } from './admission-request.js';
import { decideCreate, stampNew, type WriteRules } from './decide-create.js';
import { decideDelete, type DeleteOptions } from './decide-delete.js';
import { checkUid, decideUpdate, releasesDeleted } from './decide-update.js';
import type { ObjectReader } from './object-reader.js';
import { asAsked, type Decided, type ObjectWrite } from './object-write.js';
import { trackedCopy } from './tracked-copy.js';
import type { TrackFields } from './write-request.js';

export interface AdmissionDependencies {
  readonly admission: Admission;
  readonly read: ObjectReader;
  readonly trackFields: TrackFields;
}

/** The rules of the domain with admission around them: what a request makes of an object. Appends nothing; methods throw StatusError. */
export class AdmittedWrites {
  constructor(private readonly deps: AdmissionDependencies) {}

  /** Takes ownership of `object`. */
  create(write: ObjectWrite, object: KubeObject, rules: WriteRules): Promise<Decided> {
    delete object.metadata.resourceVersion;
    stampNew(write.resource, object, write.namespace, rules);
    return this.createStamped(write, object, rules);
  }

  /** The same for an object that has its uid, name and time already. */
  async createStamped(write: ObjectWrite, object: KubeObject, rules: WriteRules): Promise<Decided> {
    const { admission, trackFields } = this.deps;
    const { resource, request } = write;
    const tracked = trackedCopy(trackFields, write, object, undefined, rules.now);
    // Stamping may have generated the name.
    const named = { ...write, name: object.metadata.name ?? '' };
    const admitted = await admission.admit(this.asked('CREATE', named, { object: tracked }), request.signal);
    const decided = writtenObject(decideCreate(asAsked(write), admitted ?? tracked, rules));
    await admission.validate(this.asked('CREATE', named, { object: decided }), request.signal);
    for (const text of resource.warnings?.(decided, undefined) ?? []) request.warn(text);
    return { type: 'created', object: decided };
  }

  async update(write: ObjectWrite, next: KubeObject, current: KubeObject, rules: WriteRules): Promise<Decided> {
    const { admission, trackFields } = this.deps;
    const { resource, namespace, name, request } = write;
    const { subresource, signal } = request;
    if (request.verb === 'update') checkUid(asAsked(write), next, current);
    const tracked = trackedCopy(trackFields, write, next, current, rules.now);
    const asked = this.asked('UPDATE', write, { object: tracked, oldObject: current });
    const admitted = (await admission.admit(asked, signal)) ?? tracked;
    const decided = writtenObject(
      decideUpdate(asAsked(write), admitted, current, { namespace, name, subresource }, rules),
    );
    await admission.validate(this.asked('UPDATE', write, { object: decided, oldObject: current }), signal);
    for (const text of resource.warnings?.(decided, current) ?? []) request.warn(text);
    if (releasesDeleted(decided, current)) return { type: 'deleted', object: decided };
    const object = settled(current, decided);
    return object === current ? { type: 'unchanged', object } : { type: 'updated', object };
  }

  async delete(write: ObjectWrite, current: KubeObject, options: DeleteOptions, now: Date): Promise<Decided> {
    const { admission } = this.deps;
    const decision = decideDelete(write.resource, current, options, now);
    if (decision.outcome === 'pending') return { type: 'unchanged', object: decision.object };
    const asked = this.asked('DELETE', write, { oldObject: current });
    await admission.admit(asked, write.request.signal);
    await admission.validate(asked, write.request.signal);
    if (decision.outcome === 'remove') return { type: 'deleted', object: decision.object };
    return { type: deepEqual(decision.object, current) ? 'unchanged' : 'updated', object: decision.object };
  }

  private asked(
    operation: AdmissionRequest['operation'],
    { resource, namespace, name, request: { subresource, user, dryRun, options, warn } }: ObjectWrite,
    objects: Pick<AdmissionRequest, 'object' | 'oldObject'>,
  ): AdmissionRequest {
    const { read } = this.deps;
    return { operation, resource, subresource, namespace, name, user, dryRun, options, warn, read, ...objects };
  }
}
