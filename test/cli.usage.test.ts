/** The command line's manners: help, wrong usage, exit codes, where output goes. */
import { constants, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inkling, lastJsonLine, startInkling } from './commandLine.ts';
import { needs } from './requirements.ts';

const COMMANDS = ['data', 'train', 'evaluate', 'predict', 'summary'];

test('the command can be executed, as npx does', () => {
  const { mode } = statSync(join(import.meta.dirname, '../src/cli/inkling.js'));
  expect(mode & constants.S_IXUSR).toBe(constants.S_IXUSR);
});

describe('help', () => {
  test('names every command and ends well', async () => {
    const { code, stdout, stderr } = await inkling(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const command of COMMANDS) expect(stdout).toContain(`inkling ${command}`);
  });

  test.each([...COMMANDS, 'data fetch', 'data info'])('of %s has examples', async (command) => {
    const { code, stdout } = await inkling([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}inkling /);
  });

  test('is in English whatever the locale', async () => {
    const { stdout } = await inkling(['--help'], { env: { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' } });
    expect(stdout).toContain('Show help');
  });

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
    expect((await inkling(['--version'])).stdout).toBe(`${version}\n`);
  });
});

describe('wrong usage', () => {
  test.each([
    [[], /Name a command/],
    [['trian'], /no command trian; did you mean train\?/],
    [['--bogus'], /no flag --bogus/],
    [['train', '--epoch', '3'], /no flag --epoch here; did you mean --epochs\?/],
    [['train', '--epoch=3'], /no flag --epoch here/],
    [['train', 'extra'], /"extra" is not expected/],
    [['train', '--epochs', 'many'], /--epochs takes a whole number from 1/],
    [['train', '--epochs', '2.5'], /--epochs takes .*not 2\.5/],
    [['train', '--epochs'], /--epochs needs a value/],
    [['train', '--epochs', '1', '--epochs', '2'], /--epochs is given 2 times/],
    [['train', '--batch', '0'], /--batch takes .*not 0/],
    [['train', '--threads', '0'], /--threads takes/],
    [['train', '--seed', '-1'], /--seed takes .*not -1/],
    [['train', '--learning-rate', '0'], /--learning-rate takes a number above 0, not 0/],
    [['train', '--backend', 'gpu'], /--backend takes one of auto, wasm, webgpu, reference, not "gpu"/],
    [['train', '--preset', 'nosuch'], /no preset "nosuch"/],
    [['train', '--resume', '--force'], /--resume and --force/],
    [['evaluate', 'a', 'a'], /model a is named twice/],
    [['data', 'preview', 'extra'], /"extra" is not expected/],
    [['bench', 'everything'], /"everything" is not expected for what; it takes "kernels", "train"/],
    [['predict'], /Name the pictures/],
    [['data'], /data fetch/],
    [['data', 'ftch'], /"ftch" is not expected/],
    [['summary', 'model', '--preset', 'default'], /not both/],
  ] as [string[], RegExp][])('%j is told in one sentence', async (args, expected) => {
    const { code, stdout, stderr } = await inkling(args);
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^inkling: .*[.?]\n$/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('an unknown instruction level in INKLING_WASM', async () => {
    const { code, stderr } = await inkling(['evaluate'], { env: { INKLING_WASM: 'avx' } });
    expect(stderr).toMatch(/^inkling: INKLING_WASM is "avx"; set it to one of simd, relaxed/);
    expect(code).toBe(2);
  });

  test('--verbose adds where it came from', async () => {
    const { stderr } = await inkling(['train', '--preset', 'nosuch', '--verbose']);
    expect(stderr).toMatch(/no preset "nosuch"(.|\n)*\n {4}at /);
  });
});

describe('output', () => {
  test('FORCE_COLOR colours it, NO_COLOR and a pipe do not', async () => {
    const args = ['summary', '--preset', 'default'];
    expect((await inkling(args)).stdout).not.toContain('\x1b[');
    expect((await inkling(args, { env: { FORCE_COLOR: '1' } })).stdout).toContain('\x1b[1m');
    expect((await inkling(args, { env: { NO_COLOR: '1' } })).stdout).not.toContain('\x1b[');
  });

  test('--json of a preset is one line', async () => {
    const { stdout, stderr } = await inkling(['summary', '--preset', 'default', '--json']);
    expect(stderr).toBe('');
    expect(lastJsonLine(stdout)).toMatchObject({ preset: 'default', input: [28, 28, 1] });
  });

  test('ends quietly when its reader goes away', async () => {
    const running = startInkling(['summary', '--preset', 'default']);
    running.process.stdout?.destroy();
    const { code, stderr } = await running.outcome;
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  needs(existsSync('/dev/full'), '/dev/full')('says so when it cannot be written', async () => {
    const { code, stderr } = await inkling(['summary', '--preset', 'default'], { output: '/dev/full' });
    expect(stderr).toMatch(/^inkling: Cannot write to standard output: .*\n$/);
    expect(code).toBe(1);
  });
});
