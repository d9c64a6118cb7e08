/**
 * Safetensors, the file format of our models: bytes in, bytes out.
 *
 * A file is the length of a header (u64), the header (JSON, which names each tensor, its type, its shape and where
 * its values lie), and the values, little-endian and row by row. The format can express nothing but tensors and
 * strings, so that a file from a stranger cannot run code; but a reader that trusts the header can be made to
 * allocate too much or to read one value as part of two tensors. Hence every rule of the format is checked here.
 * Only tables of bytes are touched, no files, so that a browser reads models with the same code.
 *
 * Source: the README and `tensor.rs` of github.com/huggingface/safetensors.
 */
import { InklingError } from '../errors.ts';
import { JsonScanner, quoted } from './jsonScanner.ts';

/** The typed array that holds values of each type; halves, brain floats and 8-bit floats are kept as raw bits. */
interface ValuesOf {
  F64: Float64Array;
  F32: Float32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  F8_E5M2: Uint8Array;
  F8_E4M3: Uint8Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  I32: Int32Array;
  U32: Uint32Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

export type Dtype = keyof ValuesOf;

/** A tensor with its type and sizes; `data` is row-major and as long as the product of `shape` (1 for a scalar). */
export type StoredTensor = {
  [D in Dtype]: { dtype: D; shape: readonly number[]; data: ValuesOf[D] };
}[Dtype];

export interface SafetensorsFile {
  /** Tensors by name, in the order of their values in the file. */
  tensors: Map<string, StoredTensor>;
  /** An object without prototype, so that a key like `__proto__` is a key like any other. */
  metadata: Record<string, string>;
}

type ArrayConstructor = {
  new (buffer: ArrayBuffer): StoredTensor['data'];
  readonly BYTES_PER_ELEMENT: number;
};

const ARRAY_OF: ReadonlyMap<string, ArrayConstructor> = new Map<Dtype, ArrayConstructor>([
  ['F64', Float64Array],
  ['F32', Float32Array],
  ['F16', Uint16Array],
  ['BF16', Uint16Array],
  ['F8_E5M2', Uint8Array],
  ['F8_E4M3', Uint8Array],
  ['I64', BigInt64Array],
  ['U64', BigUint64Array],
  ['I32', Int32Array],
  ['U32', Uint32Array],
  ['I16', Int16Array],
  ['U16', Uint16Array],
  ['I8', Int8Array],
  ['U8', Uint8Array],
  ['BOOL', Uint8Array],
]);

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
const LONGEST_HEADER = 100_000_000;
const ALIGNMENT = 8;

/** Makes an error from a clause. */
type Problem = (what: string) => InklingError;

/** What the header says about one tensor; offsets count from the end of the header. */
interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

/**
 * The bytes of a file with these tensors, in this order, and these strings. The same arguments give the same bytes.
 * Throws an `InklingError` where a tensor does not fit its shape or type, or a string is not well-formed Unicode.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const members: string[] = [];
  const strings = Object.entries(metadata).map(([key, value]) => `${literal(key)}:${literal(value)}`);
  if (strings.length > 0) members.push(`"${METADATA}":{${strings.join(',')}}`);
  let dataBytes = 0;
  for (const [name, tensor] of tensors) {
    checkTensor(name, tensor);
    const end = dataBytes + tensor.data.byteLength;
    const shape = tensor.shape.join(',');
    members.push(
      `${literal(name)}:{"dtype":"${tensor.dtype}","shape":[${shape}],"data_offsets":[${dataBytes},${end}]}`,
    );
    dataBytes = end;
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const headerBytes = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  if (headerBytes > LONGEST_HEADER) {
    throw new InklingError(`A model file cannot have ${headerBytes} bytes of header: 100 MB is the most.`);
  }

  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors.values()) {
    // Files are little-endian, and so is every machine that the engine runs on: bytes are copied as they are.
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a file. `source` is what messages call it, such as its path. The arrays returned are copies, aligned and
 * independent of `bytes`, and together no larger than it.
 * Throws an `InklingError` where `bytes` break any rule of the format.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): SafetensorsFile {
  const problem: Problem = (what) => new InklingError(`${source} is not a sound safetensors file: ${what}.`);
  const header = headerText(bytes, problem);
  const { entries, metadata } = readHeader(header.text, problem);
  checkCoverage(entries, bytes.length - header.end, problem);

  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    // Not `slice`: that of a Node Buffer shares its memory.
    const copy = new Uint8Array(end - begin);
    copy.set(bytes.subarray(header.end + begin, header.end + end));
    const Values = ARRAY_OF.get(dtype)!;
    tensors.set(name, { dtype, shape, data: new Values(copy.buffer) } as StoredTensor);
  }
  return { tensors, metadata };
}

/** A string as JSON; refuses half surrogate pairs, which UTF-8 cannot hold. */
function literal(text: string): string {
  if (typeof text !== 'string' || !text.isWellFormed()) {
    throw new InklingError(
      `A model file can hold only well-formed Unicode strings, not ${quoted(`${text}`)}.`,
    );
  }
  return JSON.stringify(text);
}

/** Checks one tensor before it is written. */
function checkTensor(name: string, { dtype, shape, data }: StoredTensor): void {
  const problem: Problem = (what) => new InklingError(`Tensor ${quoted(name)} cannot be stored: ${what}.`);
  if (name === METADATA) throw problem('this name is reserved');
  const Values = ARRAY_OF.get(dtype);
  if (Values === undefined) throw problem(`the type ${quoted(`${dtype}`)} is unknown`);
  if (!(data instanceof Values)) throw problem(`its values are not in the array that ${dtype} takes`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw problem('a size in its shape is not a whole number');
  }
  if (product(shape) !== data.length) throw problem(`its shape does not hold ${data.length} values`);
}

/** The header as text, and the position of the byte after it. */
function headerText(bytes: Uint8Array, problem: Problem): { text: string; end: number } {
  if (bytes.length < LENGTH_BYTES)
    throw problem(`${bytes.length} bytes are too few to hold a header's length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length > LONGEST_HEADER) throw problem(`it claims a header of ${length} bytes, and 100 MB is the most`);
  const end = LENGTH_BYTES + length;
  if (end > bytes.length) throw problem(`it ends before its header of ${length} bytes does`);
  if (length === 0 || bytes[LENGTH_BYTES] !== 0x7b) throw problem('its header does not start with "{"');
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    return { text: decoder.decode(bytes.subarray(LENGTH_BYTES, end)), end };
  } catch {
    throw problem('its header is not UTF-8');
  }
}

function readHeader(text: string, problem: Problem): { entries: Entry[]; metadata: Record<string, string> } {
  const scanner = new JsonScanner(text, problem);
  const entries: Entry[] = [];
  const metadata: Record<string, string> = Object.create(null);
  scanner.object((name) => {
    if (name === METADATA) {
      scanner.object((key) => {
        metadata[key] = scanner.string();
      });
    } else {
      entries.push(readEntry(scanner, name, problem));
    }
  });
  scanner.end();
  return { entries, metadata };
}

/** Reads what the header says about one tensor, and checks all of it that does not concern other tensors. */
function readEntry(scanner: JsonScanner, name: string, problem: Problem): Entry {
  const tensorProblem: Problem = (what) => problem(`tensor ${quoted(name)} ${what}`);
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  scanner.object((key) => {
    if (key === 'dtype') dtype = scanner.string();
    else if (key === 'shape') shape = scanner.wholeNumbers();
    else if (key === 'data_offsets') offsets = scanner.wholeNumbers();
    else throw tensorProblem(`has the unknown field ${quoted(key)}`);
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    throw tensorProblem('lacks one of dtype, shape and data_offsets');
  }
  const Values = ARRAY_OF.get(dtype);
  if (Values === undefined) throw tensorProblem(`has the unknown type ${quoted(dtype)}`);
  if (offsets.length !== 2) throw tensorProblem(`has ${offsets.length} data offsets instead of 2`);
  const [begin, end] = offsets;
  if (begin > end) throw tensorProblem(`ends at byte ${end}, before it begins at ${begin}`);
  const size = product(shape) * Values.BYTES_PER_ELEMENT;
  if (!Number.isSafeInteger(size)) throw tensorProblem('is larger than any memory');
  if (end - begin !== size) throw tensorProblem(`has ${end - begin} bytes where its shape needs ${size}`);
  return { name, dtype, shape, begin, end };
}

/** Sorts the entries by position, and checks that they cover the data without holes, overlaps or remainder. */
function checkCoverage(entries: Entry[], dataBytes: number, problem: Problem): void {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const fault = begin < covered ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw problem(`tensor ${quoted(name)} ${fault} (it begins at byte ${begin} and not at ${covered})`);
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    throw problem(`its tensors take ${covered} bytes, and ${dataBytes} follow its header`);
  }
}

/** The product of sizes; NaN once it passes 2^53, even if a zero follows, since the official reader refuses that. */
function product(shape: readonly number[]): number {
  let values = 1;
  for (const size of shape) {
    values *= size;
    if (!Number.isSafeInteger(values)) return Number.NaN;
  }
  return values;
}
