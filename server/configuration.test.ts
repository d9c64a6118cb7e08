/** What can be set is checked before anything starts, and flags win over the environment. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../src/index.ts';
import { readConfiguration } from './configuration.ts';

describe('readConfiguration', () => {
  it('has defaults for a machine of one’s own', () => {
    expect(readConfiguration({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      database: 'data/inkling.db',
      basePath: undefined,
      adminToken: undefined,
      trustedProxies: [],
      maximumUpload: 10 * 2 ** 20,
      maximumPixels: 24e6,
    });
  });

  it('takes the environment, and flags before it', () => {
    const environment = { PORT: '8080', HOST: '0.0.0.0', INKLING_TRUSTED_PROXIES: '10.0.0.0/8, ::1' };
    expect(readConfiguration(environment, { port: '9090' })).toMatchObject({
      port: 9090,
      host: '0.0.0.0',
      trustedProxies: ['10.0.0.0/8', '::1'],
    });
  });

  it('takes empty variables for none', () => {
    expect(readConfiguration({ PORT: '', DATABASE_URL: '' })).toMatchObject({
      port: 3000,
      databaseUrl: undefined,
    });
  });

  it.each([
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535, not "70000".'],
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535, not "http".'],
    [{ PORT: '0x50' }, 'PORT must be a whole number from 0 to 65535, not "0x50".'],
    [{ HOST: ' ' }, 'HOST is empty; give it a value or leave it out.'],
    [
      { INKLING_BASE_PATH: 'inkling/' },
      'INKLING_BASE_PATH must be a path such as /inkling, without a slash at its end.',
    ],
    [{ INKLING_BASE_PATH: '/a/../b?' }, 'INKLING_BASE_PATH must be a path'],
    [
      { INKLING_TRUSTED_PROXIES: '10.0.0.0/33' },
      'INKLING_TRUSTED_PROXIES must be a list of addresses or ranges',
    ],
    [
      { INKLING_LOG_LEVEL: 'loud' },
      'INKLING_LOG_LEVEL must be one of trace, debug, info, warn, error, silent, not "loud".',
    ],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must begin with postgres:// or postgresql://.'],
    [{ INKLING_RETENTION_DAYS: '-1' }, 'INKLING_RETENTION_DAYS must be a whole number'],
  ])('says what is wrong with %j in a sentence', (environment, message) => {
    expect(() => readConfiguration(environment)).toThrow(UsageError);
    expect(() => readConfiguration(environment)).toThrow(message);
  });

  it('does not repeat what is secret', () => {
    expect(() => readConfiguration({ INKLING_ADMIN_TOKEN: 'hunter2' })).toThrow(/^(?!.*hunter2)/);
    expect(() => readConfiguration({ INKLING_SECRET: 'hunter2' })).toThrow(/^(?!.*hunter2)/);
  });

  it('names the flag where the flag is wrong', () => {
    expect(() => readConfiguration({}, { port: 'x' })).toThrow('--port must be a whole number');
  });
});
