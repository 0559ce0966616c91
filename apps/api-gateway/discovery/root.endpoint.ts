import { servedGroups } from '@shiplog/domain';
import type { Gateway, PathEndpoint } from '../gateway.js';
import { jsonAnswer } from '../request/status-answer.js';

const discoveryPaths = servedGroups.flatMap(({ name, versions }) => {
  const root = name === '' ? '/api' : `/apis/${name}`;
  return [root, ...versions.map((version) => `${root}/${version}`)];
});

/** `/`: every path that is no resource, as people who look around expect it. */
export const rootEndpoint = (gateway: Pick<Gateway, 'endpoints'>): PathEndpoint => ({
  path: '/',
  handle: () => {
    const exact = gateway.endpoints.map(({ path }) => path).filter((path) => path !== '/' && !path.endsWith('*'));
    return jsonAnswer(200, { paths: [...new Set([...discoveryPaths, ...exact])].sort() });
  },
});
