/** Damage to files, the same for the same number: flipped bits, cuts, lies in headers, parts that change places. */
import { crc32 } from 'node:zlib';

/** Numbers that programs trip over. */
const NASTY = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 20_000, 60_000, 0x7fffffff, 0xffffffff];
const HEADER_BYTES = 64;
const PNG_SIGNATURE_BYTES = 8;

/** Whole numbers below a bound, drawn from a seed (Marsaglia's xorshift, 32 bits). */
function dice(seed: number): (below: number) => number {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Throw = ReturnType<typeof dice>;

/** Ways to damage a file; `others` are files to take parts from. */
const WAYS: readonly ((bytes: Buffer, draw: Throw, others: readonly Buffer[]) => Buffer)[] = [
  function flipBits(bytes, draw) {
    const changed = Buffer.from(bytes);
    for (let left = 1 + draw(8); left > 0; left--) changed[draw(changed.length)] ^= 1 << draw(8);
    return changed;
  },
  function writeBytes(bytes, draw) {
    const changed = Buffer.from(bytes);
    const at = draw(changed.length);
    for (let i = at; i < Math.min(changed.length, at + 1 + draw(32)); i++) changed[i] = draw(256);
    return changed;
  },
  function cut(bytes, draw) {
    return Buffer.from(bytes.subarray(0, draw(bytes.length + 1)));
  },
  function lieInHeader(bytes, draw) {
    const changed = Buffer.from(bytes);
    for (let left = 1 + draw(3); left > 0; left--) {
      const at = draw(Math.max(1, Math.min(HEADER_BYTES, changed.length - 4)));
      const value = NASTY[draw(NASTY.length)];
      if (changed.length < at + 4) continue;
      if (draw(2) === 0) changed.writeUInt32BE(value, at);
      else changed.writeUInt16LE(value & 0xffff, at);
    }
    return changed;
  },
  function lieAnywhere(bytes, draw) {
    const changed = Buffer.from(bytes);
    const at = draw(Math.max(1, changed.length - 4));
    if (changed.length >= at + 4) changed.writeUInt32BE(NASTY[draw(NASTY.length)], at);
    return changed;
  },
  function repeatPart(bytes, draw) {
    const from = draw(bytes.length);
    const part = bytes.subarray(from, from + 1 + draw(200));
    const at = draw(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), ...Array(1 + draw(20)).fill(part), bytes.subarray(at)]);
  },
  function dropPart(bytes, draw) {
    const from = draw(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + draw(100))]);
  },
  function splice(bytes, draw, others) {
    const other = others[draw(others.length)];
    return Buffer.concat([bytes.subarray(0, draw(bytes.length)), other.subarray(draw(other.length))]);
  },
];

/** Damage number `number` to one of some files. */
export function mutant(originals: readonly Buffer[], number: number): { original: number; bytes: Buffer } {
  const draw = dice(number);
  const original = draw(originals.length);
  let bytes = originals[original];
  for (let left = 1 + draw(3); left > 0 && bytes.length > 0; left--) {
    bytes = WAYS[draw(WAYS.length)](bytes, draw, originals);
  }
  if (draw(2) === 0) mendPng(bytes);
  return { original, bytes };
}

/** Writes the right checksum to every chunk of a PNG that can be found, so that damage reaches deeper. */
function mendPng(bytes: Buffer): void {
  if (bytes[1] !== 0x50 || bytes[2] !== 0x4e) return;
  for (let at = PNG_SIGNATURE_BYTES; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) return;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
    at = end + 4;
  }
}
