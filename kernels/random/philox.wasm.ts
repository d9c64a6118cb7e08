/** Philox4x32-10, four blocks at once: see reference.ts for what it is and where it comes from. */

/** Streams, as `Purpose` in reference.ts numbers them. */
export const PURPOSE_AUGMENTATION: u32 = 2;
export const PURPOSE_DROPOUT: u32 = 3;
export const PURPOSE_ELASTIC: u32 = 6;
export const PURPOSE_NOISE: u32 = 7;

const ROUNDS = 10;
const MULTIPLIERS = memory.data<u32>([0xd2511f53, 0xcd9e8d57]);
const WEYL = memory.data<u32>([0x9e3779b9, 0xbb67ae85]);
const LANES = memory.data<u32>([0, 1, 2, 3]);

/**
 * Writes the 16 words of the blocks `block` to `block + 3` of the stream (seed, step, layer, purpose) to `words`, in
 * order. The seed's two halves and the step stand at `random`. Lane l of each vector belongs to block `block + l`
 * until the words are put in order at the end.
 */
export function philoxBlocks(words: usize, random: usize, block: u32, layer: u32, purpose: u32): void {
  const multiplier0 = v128.load32_splat(MULTIPLIERS);
  const multiplier1 = v128.load32_splat(MULTIPLIERS, 4);
  const weyl0 = v128.load32_splat(WEYL);
  const weyl1 = v128.load32_splat(WEYL, 4);
  let key0 = v128.load32_splat(random);
  let key1 = v128.load32_splat(random, 4);
  let c0 = i32x4.add(i32x4.splat(block), v128.load(LANES));
  let c1 = v128.load32_splat(random, 8);
  let c2 = i32x4.splat(layer);
  let c3 = i32x4.splat(purpose);
  for (let round = 0; round < ROUNDS; round++) {
    const first0 = i64x2.extmul_low_i32x4_u(c0, multiplier0);
    const last0 = i64x2.extmul_high_i32x4_u(c0, multiplier0);
    const first1 = i64x2.extmul_low_i32x4_u(c2, multiplier1);
    const last1 = i64x2.extmul_high_i32x4_u(c2, multiplier1);
    // Of each 64-bit product the odd words are its upper half, the even ones its lower.
    const upper0 = v128.shuffle<u32>(first0, last0, 1, 3, 5, 7);
    const upper1 = v128.shuffle<u32>(first1, last1, 1, 3, 5, 7);
    c0 = v128.xor(v128.xor(upper1, c1), key0);
    c1 = v128.shuffle<u32>(first1, last1, 0, 2, 4, 6);
    c2 = v128.xor(v128.xor(upper0, c3), key1);
    c3 = v128.shuffle<u32>(first0, last0, 0, 2, 4, 6);
    key0 = i32x4.add(key0, weyl0);
    key1 = i32x4.add(key1, weyl1);
  }
  const firstHalf0 = v128.shuffle<u32>(c0, c1, 0, 4, 1, 5);
  const firstHalf1 = v128.shuffle<u32>(c2, c3, 0, 4, 1, 5);
  const lastHalf0 = v128.shuffle<u32>(c0, c1, 2, 6, 3, 7);
  const lastHalf1 = v128.shuffle<u32>(c2, c3, 2, 6, 3, 7);
  v128.store(words, v128.shuffle<u64>(firstHalf0, firstHalf1, 0, 2));
  v128.store(words, v128.shuffle<u64>(firstHalf0, firstHalf1, 1, 3), 16);
  v128.store(words, v128.shuffle<u64>(lastHalf0, lastHalf1, 0, 2), 32);
  v128.store(words, v128.shuffle<u64>(lastHalf0, lastHalf1, 1, 3), 48);
}
