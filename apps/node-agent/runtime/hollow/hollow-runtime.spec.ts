import { describePodRuntime } from '../pod-runtime.contract.js';
import { addressPool } from './address-pool.js';
import { HollowRuntime } from './hollow-runtime.js';

describePodRuntime('hollow', () =>
  Promise.resolve({
    runtime: new HollowRuntime({ podCidr: '10.201.9.0/24', startMilliseconds: 1 }),
    image: 'example/app:1',
    missingImage: 'missing.invalid/app:1',
    logFolder: '',
    exitingWith: (code, container, sandbox) => ({
      container,
      sandbox: {
        ...sandbox,
        annotations: { 'hollow.shiplog.dev/run-seconds': '0.2', 'hollow.shiplog.dev/exit-code': String(code) },
      },
    }),
    stubborn: (container, sandbox) => ({
      container,
      sandbox: { ...sandbox, annotations: { 'hollow.shiplog.dev/stop-seconds': '60' } },
    }),
    close: () => Promise.resolve(),
  }),
);

describe('addressPool', () => {
  it('hands out every host address but the gateway, and those that came back', () => {
    const pool = addressPool('10.0.0.0/29');
    expect([1, 2, 3, 4, 5].map(() => pool.take())).toEqual([
      '10.0.0.2',
      '10.0.0.3',
      '10.0.0.4',
      '10.0.0.5',
      '10.0.0.6',
    ]);
    expect(() => pool.take()).toThrow('no address is left in 10.0.0.0/29');
    pool.release('10.0.0.4');
    expect(pool.take()).toBe('10.0.0.4');
  });
});
