import type { Admission, AdmissionRequest } from '@shiplog/domain';
import type { AdmissionPlugin } from './admission-plugin.js';

/** The plugins as the registry calls them: each sees what the ones before it have made of the object. */
export const admissionChain = (plugins: readonly AdmissionPlugin[]): Admission => ({
  admit: async (request, signal) => {
    let current: AdmissionRequest = request;
    for (const plugin of plugins) {
      if (!plugin.admit || !plugin.handles(current)) continue;
      const object = await plugin.admit(current, signal);
      if (object !== undefined && object !== current.object) current = { ...current, object };
    }
    return current.object;
  },
  validate: async (request, signal) => {
    for (const plugin of plugins)
      if (plugin.validate && plugin.handles(request)) await plugin.validate(request, signal);
  },
});
