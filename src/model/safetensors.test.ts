/** What is written is read back, bytes are those of the specification, and no broken file gets through. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InklingError } from '../errors.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';

const SOURCE = 'digits.safetensors';

/** A file put together by hand from a header, as text or bytes, and a data section. */
function fileOf(header: string | Uint8Array, data = new Uint8Array(0)): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

function entry(dtype: string, shape: string, begin: number, end: number): string {
  return `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;
}

const oneFloat = entry('F32', '[1]', 0, 4);

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', '0', '"\\\n', ''),
);
const anySize = fc.nat({ max: 4 });
const anyTensor: fc.Arbitrary<StoredTensor> = fc
  .record({
    dtype: fc.constantFrom('F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'I8', 'U8', 'BOOL'),
    shape: fc.array(anySize, { maxLength: 3 }),
    seed: fc.nat({ max: 255 }),
  })
  .map(({ dtype, shape, seed }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const filled = (bytes: number) =>
      Uint8Array.from({ length: length * bytes }, (_, i) => seed + 7 * i).buffer;
    const data = {
      F64: () => new Float64Array(filled(8)),
      F32: () => new Float32Array(filled(4)),
      F16: () => new Uint16Array(filled(2)),
      BF16: () => new Uint16Array(filled(2)),
      I64: () => new BigInt64Array(filled(8)),
      I32: () => new Int32Array(filled(4)),
      I8: () => new Int8Array(filled(1)),
      U8: () => new Uint8Array(filled(1)),
      BOOL: () => new Uint8Array(filled(1)),
    }[dtype as 'F64']();
    return { dtype, shape, data } as StoredTensor;
  });
const anyFile = fc.record({
  tensors: fc
    .array(fc.tuple(anyText, anyTensor), { maxLength: 5 })
    .map((pairs) => new Map(pairs.filter(([name]) => name !== '__metadata__'))),
  metadata: fc.array(fc.tuple(anyText, anyText), { maxLength: 4 }).map((pairs) => {
    const record: Record<string, string> = Object.create(null);
    for (const [key, value] of pairs) record[key] = value;
    return record;
  }),
});

/** Reads bytes that may be broken; anything thrown must be ours. */
function readOrRefuse(bytes: Uint8Array): void {
  try {
    const { tensors } = decodeSafetensors(bytes, SOURCE);
    let total = 0;
    for (const { data } of tensors.values()) total += data.byteLength;
    expect(total).toBeLessThanOrEqual(bytes.length);
  } catch (error) {
    expect(error).toBeInstanceOf(InklingError);
    expect((error as Error).message).toContain(SOURCE);
    expect((error as Error).message.length).toBeLessThan(300);
  }
}

describe('safetensors', () => {
  it('writes and reads the bytes that the specification asks for', () => {
    const header =
      '{"__metadata__":{"format":"inkling"},' +
      '"scale":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
      '"steps":{"dtype":"I32","shape":[],"data_offsets":[8,12]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
    const data = Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7, 0, 0, 0);
    const tensors = new Map<string, StoredTensor>([
      ['scale', { dtype: 'F32', shape: [2], data: Float32Array.of(1, -2) }],
      ['steps', { dtype: 'I32', shape: [], data: Int32Array.of(7) }],
    ]);
    const metadata = { format: 'inkling' };
    expect(padded.length).toBeGreaterThan(header.length);
    expect(encodeSafetensors(tensors, metadata)).toEqual(fileOf(padded, data));
    const read = decodeSafetensors(fileOf(padded, data), SOURCE);
    expect(read.tensors).toEqual(tensors);
    expect({ ...read.metadata }).toEqual(metadata);
  });

  it('writes an empty file as the official library does', () => {
    expect([...encodeSafetensors(new Map(), {})]).toEqual([
      8,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...Buffer.from('{}      '),
    ]);
  });

  it('gives back what it was given, in the same order, to the same bytes', () => {
    fc.assert(
      fc.property(anyFile, fc.nat({ max: 7 }), ({ tensors, metadata }, shift) => {
        const bytes = encodeSafetensors(tensors, metadata);
        const unaligned = Buffer.alloc(bytes.length + shift).subarray(shift);
        unaligned.set(bytes);
        const read = decodeSafetensors(unaligned, SOURCE);
        unaligned.fill(0xee);
        expect([...read.tensors.keys()]).toEqual([...tensors.keys()]);
        for (const [name, tensor] of tensors) {
          const { dtype, shape, data } = read.tensors.get(name)!;
          expect({ dtype, shape }).toEqual({ dtype: tensor.dtype, shape: tensor.shape });
          expect(data.constructor).toBe(tensor.data.constructor);
          expect(new Uint8Array(data.buffer)).toEqual(new Uint8Array(tensor.data.buffer));
        }
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
        expect(encodeSafetensors(read.tensors, read.metadata)).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it('reads entries in whatever order, spacing and escaping the header has', () => {
    const header = `{ "b" :\t${entry('U8', '[ 2 , 1 ]', 4, 6)},\n"\\u0061":${oneFloat},"empty":${entry('F64', '[0,9]', 4, 4)}}\n `;
    const { tensors } = decodeSafetensors(fileOf(header, Uint8Array.of(0, 0, 128, 63, 8, 9)), SOURCE);
    expect([...tensors.keys()]).toEqual(['a', 'empty', 'b']);
    expect(tensors.get('a')!.data).toEqual(Float32Array.of(1));
    expect(tensors.get('b')).toEqual({ dtype: 'U8', shape: [2, 1], data: Uint8Array.of(8, 9) });
  });

  it('does not let names reach into prototypes', () => {
    const header = `{"__metadata__":{"__proto__":"p"},"__proto__":${oneFloat}}`;
    const { tensors, metadata } = decodeSafetensors(fileOf(header, new Uint8Array(4)), SOURCE);
    expect(tensors.has('__proto__')).toBe(true);
    expect(Object.keys(metadata)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(metadata)).toBe(null);
  });

  const four = new Uint8Array(4);
  const truncated = fileOf(`{"a":${oneFloat}}`, four).subarray(0, 30);
  const hugeLength = new Uint8Array(16).fill(0xff);
  const broken: [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(0), /0 bytes are too few/],
    ['seven bytes', new Uint8Array(7), /7 bytes are too few/],
    ['a header longer than allowed', hugeLength, /100 MB is the most/],
    ['a header longer than the file', truncated, /ends before its header/],
    ['no header', fileOf(''), /start with "\{"/],
    ['a header that starts with a space', fileOf(' {}'), /start with "\{"/],
    ['a byte-order mark', fileOf('\ufeff{}'), /start with "\{"/],
    ['a list', fileOf('[]'), /start with "\{"/],
    ['bad UTF-8', fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)), /not UTF-8/],
    ['an unfinished header', fileOf('{'), /a string was expected/],
    ['an unfinished string', fileOf('{"a'), /well-formed string/],
    ['a string that ends in a backslash', fileOf('{"a\\'), /well-formed string/],
    ['a raw control character', fileOf('{"\n":1}'), /well-formed string/],
    ['half a surrogate pair', fileOf('{"\\ud800":1}'), /well-formed string/],
    ['something after the header', fileOf('{} {}'), /its end was expected/],
    ['a comma too many', fileOf('{"__metadata__":{},}'), /a string was expected/],
    ['deep nesting', fileOf(`{"a":${'['.repeat(200_000)}`), /"\{" was expected/],
    ['a key twice', fileOf(`{"a":${oneFloat},"a":${oneFloat}}`, four), /the key "a" twice/],
    [
      'a key twice, once escaped',
      fileOf(`{"a":${oneFloat},"\\u0061":${oneFloat}}`, four),
      /the key "a" twice/,
    ],
    ['two metadata', fileOf('{"__metadata__":{},"\\u005f_metadata__":{}}'), /"__metadata__" twice/],
    ['a metadata key twice', fileOf('{"__metadata__":{"k":"1","k":"2"}}'), /the key "k" twice/],
    ['metadata that is no string', fileOf('{"__metadata__":{"k":1}}'), /a string was expected/],
    ['metadata that is no object', fileOf('{"__metadata__":null}'), /"\{" was expected/],
    ['a field twice', fileOf('{"a":{"dtype":"F32","dtype":"F32"}}'), /the key "dtype" twice/],
    ['a field missing', fileOf('{"a":{"dtype":"F32","shape":[1]}}', four), /lacks one of/],
    ['a field too many', fileOf('{"a":{"stride":[1]}}', four), /unknown field "stride"/],
    ['an unknown type', fileOf(`{"a":${entry('F99', '[1]', 0, 4)}}`, four), /unknown type "F99"/],
    ['an inherited name as type', fileOf(`{"a":${entry('toString', '[1]', 0, 4)}}`, four), /unknown type/],
    ['a negative size', fileOf(`{"a":${entry('F32', '[-1]', 0, 4)}}`, four), /whole number/],
    ['half a size', fileOf(`{"a":${entry('F32', '[1.5]', 0, 4)}}`, four), /whole number/],
    ['a size with an exponent', fileOf(`{"a":${entry('F32', '[1e0]', 0, 4)}}`, four), /whole number/],
    ['a size with a leading zero', fileOf(`{"a":${entry('F32', '[01]', 0, 4)}}`, four), /whole number/],
    ['a size past 2^53', fileOf(`{"a":${entry('F32', '[9007199254740993]', 0, 4)}}`, four), /whole number/],
    ['a product past 2^53', fileOf(`{"a":${entry('F32', '[94906267,94906267]', 0, 4)}}`, four), /any memory/],
    [
      'a product past 2^53, then 0',
      fileOf(`{"a":${entry('F32', '[94906267,94906267,0]', 0, 0)}}`),
      /any memory/,
    ],
    ['an end before the beginning', fileOf(`{"a":${entry('F32', '[1]', 4, 0)}}`, four), /before it begins/],
    [
      'three offsets',
      fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', four),
      /3 data offsets/,
    ],
    [
      'a size that does not fit',
      fileOf(`{"a":${entry('F32', '[2]', 0, 4)}}`, four),
      /4 bytes where .* needs 8/,
    ],
    ['a hole at the beginning', fileOf(`{"a":${entry('U8', '[2]', 2, 4)}}`, four), /leaves a hole/],
    [
      'a hole',
      fileOf(`{"a":${entry('U8', '[1]', 0, 1)},"b":${entry('U8', '[2]', 2, 4)}}`, four),
      /leaves a hole/,
    ],
    [
      'an overlap',
      fileOf(`{"a":${entry('U8', '[3]', 0, 3)},"b":${entry('U8', '[2]', 2, 4)}}`, four),
      /overlaps/,
    ],
    [
      'data past the last tensor',
      fileOf(`{"a":${entry('U8', '[3]', 0, 3)}}`, four),
      /take 3 bytes, and 4 follow/,
    ],
    ['data cut short', fileOf(`{"a":${oneFloat}}`, four.subarray(0, 3)), /take 4 bytes, and 3 follow/],
    [
      'a huge tensor in a small file',
      fileOf(`{"a":${entry('U8', '[1099511627776]', 0, 2 ** 40)}}`),
      /0 follow/,
    ],
  ];
  it.each(broken)('refuses %s', (_, bytes, reason) => {
    expect(() => decodeSafetensors(bytes, SOURCE)).toThrow(InklingError);
    expect(() => decodeSafetensors(bytes, SOURCE)).toThrow(reason);
    expect(() => decodeSafetensors(bytes, SOURCE)).toThrow(SOURCE);
  });

  it('refuses to write what it could not read', () => {
    const data = Float32Array.of(1);
    const write = (name: string, tensor: unknown, metadata = {}) =>
      encodeSafetensors(new Map([[name, tensor as StoredTensor]]), metadata);
    const good = { dtype: 'F32', shape: [1], data };
    expect(() => write('__metadata__', good)).toThrow(/reserved/);
    expect(() => write('a', { ...good, dtype: 'F99' })).toThrow(/unknown/);
    expect(() => write('a', { ...good, dtype: 'F64' })).toThrow(/array that F64 takes/);
    expect(() => write('a', { ...good, shape: [2] })).toThrow(/does not hold 1 values/);
    expect(() => write('a', { ...good, shape: [-1] })).toThrow(/whole number/);
    expect(() => write('\ud800', good)).toThrow(/well-formed/);
    expect(() => write('a', good, { key: '\udc00' })).toThrow(/well-formed/);
    expect(() => write('a', good, { key: 1 })).toThrow(/well-formed/);
  });

  it('throws nothing but its own errors at random bytes', () => {
    const body = fc.uint8Array({ maxLength: 80 });
    const jsonLike = fc.string({ unit: fc.constantFrom(...'{}[]":,\\0a1 '), maxLength: 60 });
    fc.assert(fc.property(body, readOrRefuse), { numRuns: 500 });
    fc.assert(
      fc.property(body, (bytes) => readOrRefuse(fileOf(bytes))),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(jsonLike, (text) => readOrRefuse(fileOf(`{${text}`))),
      { numRuns: 2000 },
    );
  });

  it('throws nothing but its own errors at files that were changed or cut', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyFile, changes, fc.option(fc.nat()), ({ tensors, metadata }, edits, cut) => {
        const bytes = encodeSafetensors(tensors, metadata);
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        readOrRefuse(cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
      }),
      { numRuns: 1000 },
    );
  });
});
