import { IsInt, IsUrl, Max } from 'class-validator';
import { ConfigurationError, loadConfiguration } from './load-configuration.js';

class Example {
  @IsUrl({ protocols: ['nats'], require_tld: false })
  natsUrl = 'nats://localhost:4222';

  @IsInt()
  @Max(65535)
  healthPort = 0;
}

describe('loadConfiguration', () => {
  it('takes defaults from the class and values from the environment', () => {
    expect(loadConfiguration(Example, { SHIPLOG_HEALTH_PORT: '8080' })).toEqual({
      natsUrl: 'nats://localhost:4222',
      healthPort: 8080,
    });
  });

  it('names the variable and the rule of each wrong value', () => {
    expect(() => loadConfiguration(Example, { SHIPLOG_HEALTH_PORT: '70000', SHIPLOG_NATS_URL: 'x' })).toThrow(
      ConfigurationError,
    );
    expect(() => loadConfiguration(Example, { SHIPLOG_HEALTH_PORT: '70000' })).toThrow(
      /SHIPLOG_HEALTH_PORT=70000: .*65535/,
    );
  });
});
