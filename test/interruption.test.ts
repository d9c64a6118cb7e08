/** A run that is stopped, gently or not, goes on to the same bits. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  inkling,
  jsonLines,
  lastJsonLine,
  type Outcome,
  type Running,
  startInkling,
  temporaryFolder,
} from './commandLine.ts';

const folder = await temporaryFolder();
const LONG = 120_000;

/** Epochs long enough to be hit in the middle. */
const RUN = [
  ...['train', '--dataset', 'synthetic', '--examples', '240', '--validation', '16'],
  ...['--batch', '8', '--epochs', '3', '--threads', '1', '--json'],
];

let whole: Buffer;

beforeAll(async () => {
  const { code } = await inkling([...RUN, '--out', join(folder, 'whole')]);
  expect(code).toBe(0);
  whole = await modelOf('whole');
}, LONG);

function modelOf(name: string): Promise<Buffer> {
  return readFile(join(folder, name, 'model.safetensors'));
}

function start(name: string): Running {
  return startInkling([...RUN, '--out', join(folder, name)]);
}

function resume(name: string): Promise<Outcome> {
  return inkling(['train', '--resume', '--threads', '1', '--json', '--out', join(folder, name)]);
}

/** Waits until a run has printed an event. */
function untilEvent({ process: child, outcome }: Running, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (text) => {
      printed += text;
      if (printed.includes(`"event":"${event}"`)) resolve();
    });
    outcome.then(({ stderr }) => reject(new Error(`It ended too soon: ${stderr}`)), reject);
  });
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test(
    'within an epoch saves the position and exits with 130; --resume ends at the same bits',
    async () => {
      const running = start(signal);
      await untilEvent(running, 'epoch');
      await pause(200);
      running.process.kill(signal);
      const { code, stdout, stderr } = await running.outcome;
      expect(code).toBe(130);
      expect(stderr).toMatch(
        /inkling: Stopped in epoch \d of 3, .*go on with: inkling train --resume --out .*\n$/,
      );
      const interrupted = lastJsonLine(stdout);
      expect(interrupted).toMatchObject({ event: 'interrupted', epoch: expect.any(Number) });
      expect(await readdir(join(folder, signal))).not.toContain('model.safetensors');

      const again = await inkling([...RUN, '--out', join(folder, signal)]);
      expect(again.code).toBe(1);
      expect(again.stderr).toMatch(/^inkling: .*unfinished run.*--resume.*--force.*\n$/);

      const resumed = await resume(signal);
      expect(resumed.code).toBe(0);
      const { epoch, step } = interrupted;
      expect(jsonLines(resumed.stdout)[0]).toMatchObject({ event: 'start', resumed: { epoch, step } });
      expect((await modelOf(signal)).equals(whole)).toBe(true);
    },
    LONG,
  );
});

describe('SIGKILL', () => {
  test(
    'after an epoch leaves its checkpoint; --resume ends at the same bits',
    async () => {
      const running = start('killed');
      await untilEvent(running, 'epoch');
      await pause(100);
      running.process.kill('SIGKILL');
      expect((await running.outcome).signal).toBe('SIGKILL');
      expect((await resume('killed')).code).toBe(0);
      expect((await modelOf('killed')).equals(whole)).toBe(true);
    },
    LONG,
  );
});

describe('a run that began with a model', () => {
  test(
    'goes on to the same bits, and says what it began with',
    async () => {
      const further = [...RUN, '--initial', join(folder, 'whole', 'model.safetensors')];
      expect((await inkling([...further, '--out', join(folder, 'further')])).code).toBe(0);
      const running = startInkling([...further, '--out', join(folder, 'broken off')]);
      await untilEvent(running, 'epoch');
      await pause(100);
      running.process.kill('SIGINT');
      expect((await running.outcome).code).toBe(130);
      expect((await resume('broken off')).code).toBe(0);
      const resumed = await modelOf('broken off');
      expect(resumed.equals(await modelOf('further'))).toBe(true);
      expect(resumed.equals(whole)).toBe(false);
      expect(resumed.includes(createHash('sha256').update(whole).digest('hex'))).toBe(true);
    },
    LONG,
  );
});

describe('interruptions', () => {
  test(
    'before there is anything to save end at once with 130',
    async () => {
      const running = start('early');
      await pause(150);
      running.process.kill('SIGTERM');
      const { code, signal } = await running.outcome;
      // In the first moments, while Node itself starts, there is nobody to catch the signal.
      expect(code === 130 || signal === 'SIGTERM').toBe(true);
    },
    LONG,
  );

  test(
    '--force gives an unfinished run up',
    async () => {
      const running = start('forced');
      await untilEvent(running, 'epoch');
      running.process.kill('SIGKILL');
      await running.outcome;
      const { code } = await inkling([...RUN, '--force', '--out', join(folder, 'forced')]);
      expect(code).toBe(0);
      expect((await modelOf('forced')).equals(whole)).toBe(true);
    },
    LONG,
  );
});
