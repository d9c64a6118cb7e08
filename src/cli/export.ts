/** `inkling export`: a model as a file that other engines read. */
import { basename } from 'node:path';
import type { Argv } from 'yargs';
import { encodeOnnx, UsageError, writeFileAtomic } from '../index.ts';
import { oneOf } from './flags.ts';
import { byteSize } from './format.ts';
import { readModel } from './models.ts';
import { harmless, print, printJson } from './terminal.ts';

const FORMATS = ['onnx'] as const;
const PIXEL_ORDERS = ['nchw', 'nhwc'] as const;

export function flags(commandLine: Argv) {
  return commandLine
    .positional('model', {
      type: 'string',
      describe: 'Model file [default: the one that comes with Inkling]',
    })
    .option('format', {
      choices: FORMATS,
      coerce: oneOf('format', FORMATS),
      requiresArg: true,
      default: 'onnx' as const,
      describe: 'What to write: ONNX, operator set 17',
    })
    .option('out', {
      type: 'string',
      requiresArg: true,
      describe: "File to write [default: the model file's name, ending in .onnx]",
    })
    .option('fold', {
      type: 'boolean',
      describe: 'Leave out batch norms by changing the weights before them',
    })
    .option('pixels', {
      choices: PIXEL_ORDERS,
      coerce: oneOf('pixels', PIXEL_ORDERS),
      requiresArg: true,
      default: 'nchw' as const,
      describe: 'Order of the input: [batch, 1, 28, 28] or [batch, 28, 28, 1]',
    })
    .option('json', { type: 'boolean' })
    .example('$0 export --out digits.onnx', 'The model that comes with Inkling')
    .example('$0 export runs/default/model.safetensors --fold', 'A model of your own')
    .epilogue(
      'The file takes "pixels", floats from 0 (paper) to 1 (ink), any number of pictures at a time, and gives "logits" and "probabilities".',
    );
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run({ model, format, out, fold = false, pixels, json }: Flags): Promise<number> {
  const { path, network } = await readModel(model);
  if (out === '') throw new UsageError('The flag --out needs the name of a file.');
  // The model that comes with Inkling lies where packages do: nothing is to be written there.
  const target = out ?? (model ?? basename(path)).replace(/(\.safetensors)?$/, '.onnx');
  const bytes = encodeOnnx(network, { fold, pixels });
  await writeFileAtomic(target, bytes);
  if (json) printJson({ event: 'end', model: path, format, out: target, bytes: bytes.length, fold, pixels });
  else print(`Wrote ${harmless(target)}, ${byteSize(bytes.length)}, from ${harmless(path)}.`);
  return 0;
}
