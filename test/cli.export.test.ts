/** `inkling export` and the flags of `inkling bench`, on the real command line. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile, encodeNetwork, NETWORKS, weightShapes } from '../src/index.ts';
import { inkling, lastJsonLine, temporaryFolder } from './commandLine.ts';

const folder = await temporaryFolder();
const model = join(folder, 'net.safetensors');

async function writeModel(): Promise<void> {
  const executable = await compile(NETWORKS.deep, { batch: 1, mode: 'infer', backend: 'reference' });
  const shapes = weightShapes(NETWORKS.deep);
  const weights = [...executable.weights()].map(([name, values]) => {
    return [name, { shape: shapes.get(name)!, values: Float32Array.from(values) }] as const;
  });
  const bytes = encodeNetwork({
    ...{ model: NETWORKS.deep, weights: new Map(weights), provenance: {} },
    ...{ normalisation: { mean: 0.13, deviation: 0.31 }, classNames: [...'0123456789'] },
  });
  await writeFile(model, bytes);
}

describe('export', () => {
  test('writes an ONNX file beside the model, or where asked', async () => {
    await writeModel();
    const beside = await inkling(['export', model, '--json']);
    expect(beside.code).toBe(0);
    expect(lastJsonLine(beside.stdout)).toMatchObject({ event: 'end', out: join(folder, 'net.onnx') });
    const whole = await readFile(join(folder, 'net.onnx'), 'latin1');
    const folded = join(folder, 'folded.onnx');
    expect((await inkling(['export', model, '--fold', '--out', folded])).code).toBe(0);
    expect(whole).toContain('BatchNormalization');
    expect(await readFile(folded, 'latin1')).not.toContain('BatchNormalization');
  });

  test('explains what it does not know', async () => {
    const { code, stderr } = await inkling(['export', model, '--format', 'keras']);
    expect(code).toBe(2);
    expect(stderr).toContain('--format takes one of onnx, not "keras"');
  });
});

describe('bench', () => {
  test('refuses rivals and files it cannot use before it measures', async () => {
    const rival = await inkling(['bench', '--rivals', 'abacus']);
    expect(rival.code).toBe(2);
    expect(rival.stderr).toContain('There is no rival "abacus"');
    await writeFile(join(folder, 'notes.md'), '# Notes\n');
    const markdown = await inkling(['bench', '--markdown', join(folder, 'notes.md')]);
    expect(markdown.code).toBe(2);
    expect(markdown.stderr).toContain('has no markers');
  });

  test('prints a line of JSON for each kernel and number of threads', async () => {
    const none = await inkling(['bench', 'kernels', '--kernel', 'abacus']);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('there are gemm, dense, conv2d,');

    const few = ['--threads', '1', '--repeats', '3', '--seconds', '1', '--json'];
    const { code, stdout } = await inkling(['bench', 'kernels', '--kernel', 'relu/forward', ...few]);
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map((row) => row.operation)).toEqual(['relu']);
    expect(rows[0]).toMatchObject({
      case: 'kernel/relu/forward/28x28x32',
      engine: 'inkling-wasm',
      threads: 1,
    });
    for (const key of ['milliseconds', 'gigabytes', 'shareOfPeak']) expect(rows[0][key]).toBeGreaterThan(0);
  });
});
