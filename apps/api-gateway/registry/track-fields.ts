import { apiVersionOf, metaTime, trackUpdate, type TrackFields } from '@shiplog/domain';
import type { ObjectCodec } from '../rest/object-codec.js';
import { resetFieldsOf } from './reset-fields.js';

/** Keeps managedFields by the kind's schema. */
export const trackFields =
  (codec: ObjectCodec): TrackFields =>
  (resource, current, next, { manager, subresource, now }) => {
    const schema = codec.schemaOf(resource);
    const resetFields = resetFieldsOf(resource, subresource);
    return trackUpdate(current, next, {
      manager,
      apiVersion: apiVersionOf(resource),
      subresource,
      now: metaTime(now),
      ...(schema ? { schema } : {}),
      ...(resetFields ? { resetFields } : {}),
    });
  };
