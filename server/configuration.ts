/** What can be set about the app, by flags or by the environment, all of it checked before anything starts. */
import { availableParallelism } from 'node:os';
import { QUEUE_DEFAULTS } from './jobs/queue.ts';
import { isAddressRange } from './security/addresses.ts';
import { list, oneOf, optional, type Setting, text, wholeNumber } from './settings.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** One core is left for the event loop and the database. */
const SPARE_CORES = 1;

export const SETTINGS = {
  port: wholeNumber(
    { variable: 'PORT', flag: 'port', describe: 'Port to listen on; 0 takes a free one' },
    3000,
    [0, 65_535],
  ),
  host: text(
    { variable: 'HOST', flag: 'host', describe: 'Address to listen on; 0.0.0.0 means all' },
    '127.0.0.1',
  ),
  basePath: optional(
    { variable: 'INKLING_BASE_PATH', flag: 'base-path', describe: 'Path of the app behind a proxy' },
    /^(?:\/[A-Za-z0-9._~-]+)+$/,
    'must be a path such as /inkling, without a slash at its end',
  ),
  trustedProxies: list(
    {
      variable: 'INKLING_TRUSTED_PROXIES',
      flag: 'trusted-proxies',
      describe: 'Addresses of proxies whose X-Forwarded headers are believed, such as 10.0.0.0/8,127.0.0.1',
    },
    isAddressRange,
    'must be a list of addresses or ranges such as 127.0.0.1,10.0.0.0/8',
  ),
  database: text(
    { variable: 'INKLING_DB', flag: 'db', describe: 'SQLite file that keeps what was read' },
    'data/inkling.db',
  ),
  databaseUrl: optional(
    { variable: 'DATABASE_URL', describe: 'PostgreSQL database, instead of a file' },
    /^postgres(?:ql)?:\/\/\S+$/,
    'must begin with postgres:// or postgresql://',
  ),
  model: optional({
    variable: 'INKLING_MODEL',
    flag: 'model',
    describe: 'Model file to begin with, in place of the one that comes with Inkling',
  }),
  adminToken: optional(
    { variable: 'INKLING_ADMIN_TOKEN', describe: 'Lets who knows it change models; nobody may without' },
    /^[\x21-\x7e]{16,}$/,
    'must have 16 or more characters, without spaces',
  ),
  secret: optional(
    { variable: 'INKLING_SECRET', describe: 'Signs cookies; one is made and kept if it is not given' },
    /^.{32,}$/s,
    'must have 32 or more characters',
  ),
  workers: wholeNumber(
    { variable: 'INKLING_WORKERS', flag: 'workers', describe: 'Threads that read pictures' },
    Math.max(1, availableParallelism() - SPARE_CORES),
    [1, 64],
  ),
  maximumBatch: wholeNumber(
    { variable: 'INKLING_MAX_BATCH', flag: 'max-batch', describe: 'Digits that a thread reads at a time' },
    16,
    [1, 128],
  ),
  batchDelay: wholeNumber(
    {
      variable: 'INKLING_BATCH_DELAY',
      flag: 'batch-delay',
      describe: 'Milliseconds that a digit waits for others, at most',
    },
    2,
    [0, 1000],
  ),
  queueLimit: wholeNumber(
    { variable: 'INKLING_QUEUE', flag: 'queue', describe: 'Pictures that may wait; others are turned away' },
    256,
    [1, 100_000],
  ),
  deadline: wholeNumber(
    { variable: 'INKLING_DEADLINE', flag: 'deadline', describe: 'Milliseconds for reading a picture' },
    10_000,
    [100, 600_000],
  ),
  rateLimit: wholeNumber(
    {
      variable: 'INKLING_RATE_LIMIT',
      flag: 'rate-limit',
      describe:
        'Pictures that one address may send in a minute; 0 for no limit; unless it is given 1200, and no limit for this machine itself',
    },
    undefined,
    [0, 10_000_000],
  ),
  maximumUpload: wholeNumber(
    { variable: 'INKLING_MAX_UPLOAD', flag: 'max-upload', describe: 'Largest picture, in bytes' },
    10 * 1024 * 1024,
    [1024, 100 * 1024 * 1024],
  ),
  maximumPixels: wholeNumber(
    { variable: 'INKLING_MAX_PIXELS', flag: 'max-pixels', describe: 'Largest picture, in pixels' },
    24_000_000,
    [784, 100_000_000],
  ),
  maximumConnections: wholeNumber(
    { variable: 'INKLING_MAX_CONNECTIONS', flag: 'max-connections', describe: 'Connections at a time' },
    1024,
    [1, 65_536],
  ),
  requestTimeout: wholeNumber(
    {
      variable: 'INKLING_REQUEST_TIMEOUT',
      flag: 'request-timeout',
      describe: 'Milliseconds until a request must have come in whole',
    },
    30_000,
    [100, 600_000],
  ),
  drainTimeout: wholeNumber(
    {
      variable: 'INKLING_DRAIN_TIMEOUT',
      flag: 'drain-timeout',
      describe: 'Milliseconds that requests have to finish when the server is told to stop',
    },
    10_000,
    [0, 600_000],
  ),
  jobs: wholeNumber(
    {
      variable: 'INKLING_JOBS',
      flag: 'jobs',
      describe:
        'Jobs, such as fine-tuning, that this machine works on at a time; 0 leaves them to inkling worker',
    },
    1,
    [0, 64],
  ),
  jobHeartbeat: wholeNumber(
    {
      variable: 'INKLING_JOB_HEARTBEAT',
      flag: 'job-heartbeat',
      describe: 'Seconds of silence after which a worker counts as dead; 10 at least with PostgreSQL',
    },
    QUEUE_DEFAULTS.heartbeat,
    [1, 3600],
  ),
  retentionDays: wholeNumber(
    {
      variable: 'INKLING_RETENTION_DAYS',
      flag: 'retention-days',
      describe: 'Days until what was read is deleted; 0 keeps it',
    },
    0,
    [0, 36_500],
  ),
  maximumPredictions: wholeNumber(
    {
      variable: 'INKLING_MAX_PREDICTIONS',
      flag: 'max-predictions',
      describe: 'Answers that are kept, the newest; corrected ones go by age alone; 0 for no limit',
    },
    1_000_000,
    [0, 1_000_000_000],
  ),
  maximumDatabase: wholeNumber(
    {
      variable: 'INKLING_MAX_DATABASE',
      flag: 'max-database',
      describe: 'Bytes that the SQLite file may grow to; 0 for no limit',
    },
    0,
    [0, 2 ** 50],
  ),
  logLevel: oneOf(
    { variable: 'INKLING_LOG_LEVEL', flag: 'log-level', describe: 'How much is logged' },
    LOG_LEVELS,
    'info',
  ),
};

export type Configuration = {
  [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;
};

/** What the command line gave, by the names of the settings. */
export type GivenFlags = Partial<Record<keyof Configuration, string>>;

/** Flags win over the environment. Throws a `UsageError` that names the flag or variable and what it takes. */
export function readConfiguration(
  environment: Record<string, string | undefined> = process.env,
  flags: GivenFlags = {},
): Configuration {
  const entries = Object.entries(SETTINGS).map(([name, { variable, flag, fallback, read }]) => {
    const given = flags[name as keyof Configuration];
    if (given !== undefined) return [name, read(given, `--${flag}`)];
    // Hosts such as Docker Compose pass on variables that are not set as empty ones.
    const value = environment[variable];
    return [name, value === undefined || value === '' ? fallback : read(value, variable)];
  });
  return Object.fromEntries(entries);
}
