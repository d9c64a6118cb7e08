/**
 * Writes the two inner products that convolution and dense layers are made of, for each register tile.
 *
 * A tile keeps rows × columns of sums in registers, four columns to a vector, and reads each input once for all of
 * them: per step of the inner loop, `rows` broadcast values times `columns / 4` loaded vectors. Which tile is fastest
 * depends on how many registers the engine's instructions leave: one that spills runs at half the speed.
 * AssemblyScript does not keep arrays in registers, so each sum must be a local variable of its own, and this file
 * spells them out. Each row's address is advanced by itself, since V8 takes an addition for every load from a sum of two.
 * Loops test at their end: V8 then leaves out a jump, and the look at whether the stack is full.
 *
 * A turn of the inner loop takes several steps, so that addresses advance less often, and between them the loop may be
 * left. Without that, Binaryen, which optimises for AssemblyScript, would put the steps of a sum together, with all their
 * loads before them, and there are not so many registers. Every sum still adds in the same order.
 *
 * Both products take their left operand by a table of addresses. A convolution lists where the window of each output
 * pixel starts, a dense layer where each example starts; so neither copies its input into a matrix first.
 */
import type { Tile } from '../operation.ts';

/**
 * Steps in a turn of the inner loop of `rowsTimesPanel`. On a processor that fetches six instructions at a time a product of
 * 1024³ takes 3 to 4 % less time with four than with two, and 5 to 6 % less with eight, where vectors are widened;
 * narrower tiles gain a hundredth or two, and the kernels are to stay small.
 */
function unrolledOf({ columns }: Tile): number {
  return columns > 8 ? 8 : 2;
}

export const range = (count: number) => Array.from({ length: count }, (_, i) => i);

export function generateTiles(tiles: readonly Tile[]): string {
  const parts = tiles.flatMap((tile) => [rowsTimesPanel(tile), outerPanel(tile), multiplyAddLoop(tile)]);
  return `// Written by kernels/gemm/generate.ts when the kernels are built.\n${parts.join('')}`;
}

export function multiplyAdd(sum: string, a: string, b: string): string {
  return `${sum} = ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(${a}, ${b}, ${sum}) : f32x4.add(${sum}, f32x4.mul(${a}, ${b}));`;
}

/** Loads the vectors of one row of a panel, and adds each row's broadcast value times them to the row's sums. */
function step(rows: number, vectors: number, left: (row: number) => string, right: string, at = 0): string[] {
  return [
    ...range(vectors).map((v) => `b${v} = v128.load(${right}, ${at + 16 * v});`),
    ...range(rows).flatMap((r) => [
      `a = ${left(r)};`,
      ...range(vectors).map((v) => multiplyAdd(`s${r}_${v}`, 'a', `b${v}`)),
    ]),
  ];
}

/**
 * y[m, 0…columns) = start[m] + Σ over k of x[m, k] · panel[k, 0…columns), for `count` rows m, and no less than `floor`.
 *
 * The floor comes as the bits of a float, since a vector register held for it through the loop would be one too many.
 * rows: u32 addresses of the windows; each window is `segments` runs of `segmentBytes`, `segmentStride` apart.
 * A window starts `offset` bytes after its address. panel: weights, `columns` floats a row, and `panelSkip` bytes that
 * are left out behind each segment. start: row m at start +
 * m · startStride, so that a stride of 0 gives all rows one bias. y: row m at y + m · yStride.
 * The last tile repeats the last row rather than treat a remainder.
 */
function rowsTimesPanel(tile: Tile): string {
  const { rows, columns } = tile;
  const unrolled = unrolledOf(tile);
  const vectors = columns / 4;
  const R = range(rows);
  const V = range(vectors);
  const inner = range(unrolled).flatMap((i) => [
    ...(i === 0 ? [] : [`if (a0 === end${i}) break;`]),
    ...step(rows, vectors, (r) => `v128.load_splat<f32>(a${r}, ${4 * i})`, 'b', 4 * columns * i),
  ]);
  return `
export function rowsTimesPanel_${rows}x${columns}(rows: usize, count: i32, offset: usize, segments: i32, segmentBytes: usize, segmentStride: usize, panel: usize, panelSkip: usize, start: usize, startStride: usize, floorBits: i32, y: usize, yStride: usize): void {
  const last = count - 1;
  const isThere = segments > 0 && segmentBytes > 0;
  for (let m = 0; m < count; m += ${rows}) {
    ${R.map((r) => `const m${r} = min(m + ${r}, last);`).join('\n    ')}
    ${R.map((r) => `let a${r} = <usize>load<u32>(rows + (<usize>m${r} << 2)) + offset;`).join('\n    ')}
    ${V.map((v) => `let b${v}: v128;`).join('\n    ')}
    ${R.flatMap((r) => [
      `const start${r} = start + <usize>m${r} * startStride;`,
      ...V.map((v) => `let s${r}_${v} = v128.load(start${r}, ${16 * v});`),
    ]).join('\n    ')}
    let a: v128;
    let b = panel;
    let segment = segments;
    if (isThere) do {
      const end = a0 + segmentBytes;
      ${range(unrolled - 1)
        .map((i) => `const end${i + 1} = end - ${4 * (i + 1)};`)
        .join('\n      ')}
      do {
        ${inner.join('\n        ')}
        b += ${4 * columns * unrolled};
        ${R.map((r) => `a${r} += ${4 * unrolled};`).join('\n        ')}
      } while (a0 < end);
      // Where the loop was left in the middle of a turn, what that turn had taken.
      const rest = end - a0;
      ${R.map((r) => `a${r} += segmentStride - segmentBytes + rest;`).join('\n      ')}
      b += panelSkip + rest * ${columns};
    } while (--segment > 0);
    const least = i32x4.splat(floorBits);
    ${R.flatMap((r) => [
      `const c${r} = y + <usize>m${r} * yStride;`,
      ...V.map((v) => `v128.store(c${r}, f32x4.pmax(s${r}_${v}, least), ${16 * v});`),
    ]).join('\n    ')}
  }
}
`;
}

/**
 * target[k, 0…columns) += Σ over m of x[m, k] · dy[m, 0…columns), for k in kBegin…kEnd and \`count\` rows m.
 *
 * rows: u32 addresses of the windows; offsets: u32 byte offset of each k in a window; dy: row m at dy + m · dyStride;
 * target: row k at target + k · targetStride.
 */
function outerPanel({ rows, columns }: Tile): string {
  const vectors = columns / 4;
  const R = range(rows);
  const V = range(vectors);
  return `
export function outerPanel_${rows}x${columns}(rows: usize, count: i32, offsets: usize, kBegin: i32, kEnd: i32, dy: usize, dyStride: usize, target: usize, targetStride: usize): void {
  const last = kEnd - 1;
  const end = rows + (<usize>count << 2);
  for (let k = kBegin; k < kEnd; k += ${rows}) {
    ${R.map((r) => `const k${r} = min(k + ${r}, last);`).join('\n    ')}
    ${R.map((r) => `const o${r} = <usize>load<u32>(offsets + (<usize>k${r} << 2));`).join('\n    ')}
    ${R.map((r) => `const c${r} = target + <usize>k${r} * targetStride;`).join('\n    ')}
    ${R.flatMap((r) => V.map((v) => `let s${r}_${v} = v128.load(c${r}, ${16 * v});`)).join('\n    ')}
    ${V.map((v) => `let b${v}: v128;`).join('\n    ')}
    let a: v128;
    let b = dy;
    for (let row = rows; row < end; row += 4) {
      const window = <usize>load<u32>(row);
      ${step(rows, vectors, (r) => `v128.load_splat<f32>(window + o${r})`, 'b').join('\n      ')}
      b += dyStride;
    }
    ${R.flatMap((r) => V.map((v) => `v128.store(c${r}, s${r}_${v}, ${16 * v});`)).join('\n    ')}
  }
}
`;
}

/**
 * Multiplies and adds into a tile's sums, \`count\` times, from registers alone: the most that this tile could reach.
 * Reads columns floats at \`data\` and one after them, and writes the sums there, so that the work cannot be left out.
 */
function multiplyAddLoop({ rows, columns }: Tile): string {
  const vectors = columns / 4;
  const sums = range(rows * vectors);
  return `
export function multiplyAddLoop_${rows}x${columns}(data: usize, count: i32): void {
  ${range(vectors)
    .map((v) => `const b${v} = v128.load(data, ${16 * v});`)
    .join('\n  ')}
  const a = v128.load_splat<f32>(data, ${4 * columns});
  ${sums.map((i) => `let s${i} = v128.load(data, ${16 * (i % vectors)});`).join('\n  ')}
  for (let i = 0; i < count; i++) {
    ${sums.map((i) => multiplyAdd(`s${i}`, 'a', `b${i % vectors}`)).join('\n    ')}
  }
  ${sums.map((i) => `v128.store(data, s${i}, ${16 * i});`).join('\n  ')}
}
`;
}
