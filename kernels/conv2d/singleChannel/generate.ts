/**
 * Writes the register tiles for pictures of one channel, as the first layer of a network sees them.
 *
 * Their inner products are as short as the kernel has taps, 9 or 25, so what kernels/gemm does around its inner loop
 * (addresses from a table, clamped rows, one more pass to pool) would cost as much as the loop. Here neighbouring
 * windows are neighbouring floats: one address serves a whole tile, at constant distances, and the last tile of a
 * line overlaps the one before it. A tile that pools holds two lines of windows and stores the largest of each 2×2.
 *
 * As in kernels/gemm/generate.ts every sum is a local variable, and the loop over a kernel's row is not unrolled.
 */
import { multiplyAdd, range } from '../../gemm/generate.ts';
import type { Tile } from '../../operation.ts';
import { GRADIENT_TILES, type GradientTile, LINE_TILES, POOLED_TILES } from './tiles.ts';

export function generateSingleChannel(): string {
  const parts = [
    ...LINE_TILES.map(lineTile),
    ...POOLED_TILES.map(pooledTile),
    ...GRADIENT_TILES.map(gradientTile),
  ];
  return `// Written by kernels/conv2d/singleChannel/generate.ts when the kernels are built.
import { larger } from '../../lanes.wasm';
${parts.join('')}`;
}

/** Sums for windows on `lines` lines, `pixels` neighbours each: their start, and the loop over the taps. */
function sums(lines: number, pixels: number, columns: number): string {
  const vectors = range(columns / 4);
  const all = range(lines).flatMap((line) => range(pixels).map((pixel) => ({ line, pixel })));
  const addresses = range(lines).map((line) =>
    line === 0 ? 'a' : `a + ${line === 1 ? '' : `${line} * `}rowBytes`,
  );
  return `
    ${all.flatMap(({ line, pixel }) => vectors.map((v) => `let s${line}_${pixel}_${v} = v128.load(panel, ${16 * v});`)).join('\n    ')}
    ${vectors.map((v) => `let b${v}: v128;`).join('\n    ')}
    let value: v128;
    let b = panel + ${4 * columns};
    let ky = kernelHeight;
    do {
      let a = window;
      const end = window + kernelBytes;
      do {
        ${vectors.map((v) => `b${v} = v128.load(b, ${16 * v});`).join('\n        ')}
        ${all
          .flatMap(({ line, pixel }) => [
            `value = v128.load_splat<f32>(${addresses[line]}, ${4 * pixel});`,
            ...vectors.map((v) => multiplyAdd(`s${line}_${pixel}_${v}`, 'value', `b${v}`)),
          ])
          .join('\n        ')}
        b += ${4 * columns};
        a += 4;
      } while (a < end);
      window += rowBytes;
    } while (--ky > 0);
    const least = i32x4.splat(floorBits);`;
}

/**
 * y[m, 0…columns) = bias + Σ over taps of x[window m + tap] · panel[tap, 0…columns), and no less than the floor, for
 * the `count` neighbouring windows from x, at least as many as the tile has.
 *
 * A kernel's row is `kernelBytes` long, a picture's `rowBytes`. panel: biases, then weights. y: pixel m at y + m · yStride.
 */
function lineTile({ rows, columns }: Tile): string {
  return `
export function singleChannelLine_${rows}x${columns}(x: usize, count: i32, kernelHeight: i32, kernelBytes: usize, rowBytes: usize, panel: usize, floorBits: i32, y: usize, yStride: usize): void {
  for (let first = 0; first < count; first += ${rows}) {
    const m = min(first, count - ${rows});
    let window = x + (<usize>m << 2);${sums(1, rows, columns)}
    let to = y + <usize>m * yStride;
    ${range(rows)
      .flatMap((r) => [
        ...range(columns / 4).map((v) => `v128.store(to, f32x4.pmax(s0_${r}_${v}, least), ${16 * v});`),
        'to += yStride;',
      ])
      .join('\n    ')}
  }
}
`;
}

/** The same for two lines of windows, pooled: y[m] is the largest of windows 2m and 2m + 1 of both. `count` counts pooled pixels. */
function pooledTile({ rows, columns }: Tile): string {
  const pooled = rows / 4;
  return `
export function singleChannelPooled_${rows}x${columns}(x: usize, count: i32, kernelHeight: i32, kernelBytes: usize, rowBytes: usize, panel: usize, floorBits: i32, y: usize, yStride: usize): void {
  for (let first = 0; first < count; first += ${pooled}) {
    const m = min(first, count - ${pooled});
    let window = x + (<usize>m << 3);${sums(2, rows / 2, columns)}
    let to = y + <usize>m * yStride;
    ${range(pooled)
      .flatMap((r) => [
        ...range(columns / 4).map((v) => {
          const upper = `larger(s0_${2 * r}_${v}, s0_${2 * r + 1}_${v})`;
          const lower = `larger(s1_${2 * r}_${v}, s1_${2 * r + 1}_${v})`;
          return `v128.store(to, f32x4.pmax(larger(${upper}, ${lower}), least), ${16 * v});`;
        }),
        'to += yStride;',
      ])
      .join('\n    ')}
  }
}
`;
}

/**
 * target[ky · kernelWidth + kx, 0…8) += Σ over pixels of x[pixel + tap] · dy[pixel, 0…8), for all taps of so many rows of the
 * kernel, and biasSums[0…8) += Σ dy. Pixels are those of `lines` lines of `count` each, dy's one after the other.
 */
function gradientTile({ kernelRows, kernelWidth }: GradientTile): string {
  const taps = range(kernelRows).flatMap((ky) => range(kernelWidth).map((kx) => ({ ky, kx })));
  const both = (code: (v: number) => string) => range(2).map(code).join('\n    ');
  const forTaps = (code: (tap: number, v: number) => string, indent: string) =>
    taps.flatMap((_, tap) => range(2).map((v) => code(tap, v))).join(`\n${indent}`);
  return `
export function singleChannelGradient_${kernelRows}x${kernelWidth}(x: usize, lines: i32, count: i32, rowBytes: usize, dy: usize, dyStride: usize, target: usize, targetStride: usize, biasSums: usize): void {
    ${taps.map((_, tap) => `const t${tap} = target + ${tap} * targetStride;`).join('\n    ')}
    ${forTaps((tap, v) => `let s${tap}_${v} = v128.load(t${tap}, ${16 * v});`, '    ')}
    ${both((v) => `let bias${v} = v128.load(biasSums, ${16 * v});`)}
    ${both((v) => `let b${v}: v128;`)}
    let value: v128;
    for (; lines > 0; lines--) {
      let a = x;
      for (const end = dy + <usize>count * dyStride; dy < end; dy += dyStride) {
        ${both((v) => `b${v} = v128.load(dy, ${16 * v});`)}
        ${both((v) => `bias${v} = f32x4.add(bias${v}, b${v});`)}
        ${taps
          .flatMap(({ ky, kx }, tap) => [
            `value = v128.load_splat<f32>(a${ky === 0 ? '' : ` + ${ky} * rowBytes`}, ${4 * kx});`,
            ...range(2).map((v) => multiplyAdd(`s${tap}_${v}`, 'value', `b${v}`)),
          ])
          .join('\n        ')}
        a += 4;
      }
      x += rowBytes;
    }
    ${forTaps((tap, v) => `v128.store(t${tap}, s${tap}_${v}, ${16 * v});`, '    ')}
    ${both((v) => `v128.store(biasSums, bias${v}, ${16 * v});`)}
}
`;
}
