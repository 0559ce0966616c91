import { StatusError } from '@shiplog/domain';
import type { Verb } from '../resource-call.js';

export const patch: Verb = async () => {
  throw new StatusError(415, 'UnsupportedMediaType', 'not yet');
};
