import { build } from '@shiplog/component-base';

/** The API that is served. Clients compare its minor with their own. */
export const apiVersion = {
  ...build,
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
} as const;
