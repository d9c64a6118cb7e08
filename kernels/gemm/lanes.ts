/**
 * The inner product for graphics cards in software, such as SwiftShader.
 *
 * There, four neighbouring invocations (a quad) are the lanes of one SIMD instruction, and a load costs some forty
 * multiplications whatever it reads, since each lane is fetched and checked by itself. So no two lanes load the same
 * value: a quad computes a tile of rows × (4 × columns); each lane loads a quarter of the tile's rows and a quarter of
 * its columns, and rows are handed around by swapping lanes, which is one instruction. In swap s, lane l holds
 * the row l xor s of each group of four, so its accumulators belong to that row.
 *
 * Accumulators are variables with names, not an array, and the sum of the terms that one turn of the loop adds is one
 * expression: in between, they live on the stack. More unrolling saves stack traffic, until the code no longer
 * fits into the instruction cache.
 */
import { declarations, division, finish, lines, locate, range, rowNames, valueAt } from './text.ts';
import type { InnerProduct } from './webgpu.ts';

const SWAPS = ['', 'quadSwapX', 'quadSwapY', 'quadSwapDiagonal'];

/** Quads stand one above the other in a workgroup, so many of them. */
export interface LanesTile {
  rows: number;
  columns: number;
  unroll: number;
  quads: number;
}

/** A tile no larger than the matrix, and a number of terms at a time that divides `inner`. */
export function fitLanes(
  { rows, columns, inner }: InnerProduct,
  tile: { rows: number; columns: number; unroll: number },
): LanesTile {
  const fitting = Math.min(tile.rows, 4 * Math.ceil(rows / 4));
  const tiles = Math.ceil(rows / fitting);
  const unrolls = [...range(tile.unroll - 1).map((i) => tile.unroll - i), 5];
  return {
    rows: fitting,
    columns: Math.min(tile.columns, Math.ceil(columns / 4)),
    unroll: unrolls.find((count) => inner % count === 0) ?? 1,
    quads: tiles > 32 ? 4 : [4, 3, 2, 1].find((quads) => tiles % quads === 0)!,
  };
}

export function lanesShader(product: InnerProduct, groupsPerLayer: number, tile: LanesTile): string {
  const { rows, columns, outer, inner, a } = product;
  const groups = tile.rows / 4;
  const accumulators = (make: (group: number, swap: number, column: number) => string) =>
    lines(groups, (i) =>
      lines(4, (s) =>
        range(tile.columns)
          .map((j) => make(i, s, j))
          .join(' '),
      ),
    );

  const loadB = (u: number) =>
    range(tile.columns)
      .map((j) => `let b${u}_${j} = b[k + ${u * columns} + column_${j}];`)
      .join(' ');
  const multiply = (i: number, s: number) => {
    const swapped = range(tile.unroll).map((u) => `let x${u} = ${SWAPS[s]}(a${u});`);
    const sums = range(tile.columns).map((j) => {
      const sum = range(tile.unroll).reduce(
        (terms, u) => `(${terms} + x${u} * b${u}_${j})`,
        `c${i}_${s}_${j}`,
      );
      return `c${i}_${s}_${j} = ${sum};`;
    });
    return `{ ${swapped.join(' ')} ${sums.join(' ')} }`;
  };
  const multiplyGroup = (i: number) => {
    const loads = range(tile.unroll).map((u) => `let a${u} = ${valueAt(a, i, `e + ${u}`)};`);
    return `{ ${loads.join('\n')}\n${lines(4, (s) => multiply(i, s))} }`;
  };
  const store = (i: number, s: number) => {
    const row = `let row = firstRow + ${4 * i} + (lane ^ ${s});`;
    const stores = range(tile.columns).map((j) => {
      const column = `(firstColumn + ${4 * j})`;
      const value = finish(product, 'f32', `c${i}_${s}_${j}`, column);
      const isInside = columns % (4 * tile.columns) === 0 ? '' : `if (${column} < ${columns}) `;
      return `${isInside}{ c[place + row * ${columns} + ${column}] = ${value}; }`;
    });
    return `{ ${row} if (row < ${rows}) { ${stores.join('\n')} } }`;
  };

  return `enable subgroups;
${declarations(product, { a: 'f32', b: 'f32', bias: 'f32', c: 'f32' })}
@compute @workgroup_size(${4 * tile.quads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  ${division(product, groupsPerLayer, outer, 1)}
  let lane = i32(local & 3u);
  let firstRow = (rowGroup * ${tile.quads} + i32(local >> 2u)) * ${tile.rows};
  let firstColumn = i32(group.x) * ${4 * tile.columns} + lane;
  ${lines(tile.columns, (j) => `let column_${j} = min(firstColumn + ${4 * j}, ${columns - 1});`)}
  ${lines(groups, (i) => `let row${i} = min(firstRow + ${4 * i} + lane, ${rows - 1}); ${a.row(`row${i}`, rowNames(i))}`)}
  ${accumulators((i, s, j) => `var c${i}_${s}_${j} = 0.0;`)}
  for (var o = splitBegin; o < splitEnd; o++) {
    ${a.outer('o')}
    ${lines(groups, (i) => locate(a, i))}
    ${tile.unroll < inner ? `for (var e = 0; e < ${inner}; e += ${tile.unroll}) {` : '{ let e = 0;'}
      let k = (o * ${inner} + e) * ${columns};
      ${lines(tile.unroll, loadB)}
      ${lines(groups, multiplyGroup)}
    }
  }
  ${lines(groups, (i) => lines(4, (s) => store(i, s)))}
}
`;
}
