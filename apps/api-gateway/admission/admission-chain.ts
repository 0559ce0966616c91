import type { Admission, AdmissionRequest } from '@shiplog/domain';
import type { AdmissionPlugin } from './admission-plugin.js';

/** The plugins as the registry calls them: each sees what the ones before it have made of the object. Most decide at once and are not waited for. */
export const admissionChain = (plugins: readonly AdmissionPlugin[]): Admission => ({
  admit: async (request, signal) => {
    let current: AdmissionRequest = request;
    for (const plugin of plugins) {
      if (!plugin.admit || !plugin.handles(current)) continue;
      const answer = plugin.admit(current, signal);
      const object = answer instanceof Promise ? await answer : answer;
      if (object !== undefined && object !== current.object) current = { ...current, object };
    }
    return current.object;
  },
  validate: async (request, signal) => {
    for (const plugin of plugins) {
      if (!plugin.validate || !plugin.handles(request)) continue;
      const answer = plugin.validate(request, signal);
      if (answer instanceof Promise) await answer;
    }
  },
});
