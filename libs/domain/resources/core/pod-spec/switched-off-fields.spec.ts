import type { PodSpec } from '../../../api/generated/types.js';
import { withoutSwitchedOff } from './switched-off-fields.js';

const bundle = { name: 'b', path: 'p' };
const token = { serviceAccountToken: { path: 't' } };
const given: PodSpec = {
  containers: [{ name: 'c', lifecycle: { stopSignal: 'SIGUSR1' } }],
  schedulingGroup: { podGroupName: 'g' },
  volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: bundle }, token] } }],
};

test('fields of features that are off are not stored', () =>
  expect(withoutSwitchedOff(given)).toEqual({
    containers: [{ name: 'c' }],
    volumes: [{ name: 'v', projected: { sources: [{}, token] } }],
  }));

test('other hooks stay', () => {
  const lifecycle = { preStop: { sleep: { seconds: 1 } } };
  const spec: PodSpec = { containers: [{ name: 'c', lifecycle: { ...lifecycle, stopSignal: 'SIGUSR1' } }] };
  expect(withoutSwitchedOff(spec)).toEqual({ containers: [{ name: 'c', lifecycle }] });
});

test('what is stored already stays as it is', () => expect(withoutSwitchedOff(given, given)).toBe(given));

test('nothing is copied where nothing is off', () => {
  const spec: PodSpec = { containers: [{ name: 'c' }] };
  expect(withoutSwitchedOff(spec)).toBe(spec);
});
