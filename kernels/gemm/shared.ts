/**
 * The inner product for real graphics cards.
 *
 * A workgroup computes a tile of c. For `depth` terms at a time its threads load the tile's rows of a and columns of b
 * into workgroup memory, wait for each other, and then multiply from there: each thread has rows × columns accumulators
 * in vectors of four columns, so that a value fetched once is used several times.
 *
 * Values of a are kept in vectors of four, along the terms or along the rows, whichever lie beside each other in a:
 * then a vector is one load. Where sizes are no multiples of four, vectors are put together from single values.
 *
 * Where half precision is asked for, what stands in workgroup memory is rounded to it: see `halves.ts`.
 */
import type { GpuTile, GpuTraits } from '../operation.ts';
import { half, storage } from './halves.ts';
import { declarations, division, finish, lines, locate, range, rowNames, valueAt } from './text.ts';
import type { InnerProduct } from './webgpu.ts';

type SharedTile = Extract<GpuTile, { kind: 'shared' }>;

/** Sizes of a tile in vectors of four. */
interface Sizes {
  threads: number;
  rows: number;
  columns: number;
  depth: number;
}

export function sharedShader(
  product: InnerProduct,
  groupsPerLayer: number,
  tile: SharedTile,
  { halves, f16 }: Pick<GpuTraits, 'halves' | 'f16'>,
): string {
  const [threadColumns, threadRows] = tile.threads;
  const size: Sizes = {
    threads: threadColumns * threadRows,
    rows: (threadRows * tile.rows) / 4,
    columns: (threadColumns * tile.columns) / 4,
    depth: tile.depth / 4,
  };
  const { rows, columns, outer, inner, a } = product;
  const isVectorA = a.run.length === 4;
  const alongRows = isVectorA && a.run.along === 'row';
  const typeC = columns % 4 === 0 ? 'vec4f' : 'f32';
  const rowGroups = tile.rows / 4;
  const columnGroups = tile.columns / 4;
  const store = (i: number, r: number, j: number) =>
    `{ let column = firstColumn + ${4 * threadColumns * j}; ${storeVector(product, `c${4 * i + r}_${j}`)} }`;

  return `${halves && f16 ? 'enable f16;\n' : ''}${(['A', 'B'] as const)
    .map((name) => storage(name, halves && product.halves[name === 'A' ? 'a' : 'b'] ? half(f16) : 'single'))
    .join('\n')}
${declarations(product, { a: isVectorA ? 'vec4f' : 'f32', b: typeC, bias: typeC, c: typeC })}
var<workgroup> tileA: array<StoredA, ${4 * size.rows * size.depth}>;
var<workgroup> tileB: array<StoredB, ${4 * size.depth * size.columns}>;
@compute @workgroup_size(${threadColumns}, ${threadRows})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u,
    @builtin(local_invocation_index) index: u32) {
  ${division(product, groupsPerLayer, outer * inner, tile.depth)}
  let local = i32(index);
  let groupRow = rowGroup * ${4 * size.rows};
  let groupColumn = i32(group.x) * ${4 * size.columns};
  ${lines(tile.rows, (r) => lines(columnGroups, (j) => `var c${r}_${j} = vec4f();`))}
  ${alongRows ? prepareAlongRows(product, size) : prepareAlongTerms(product, size)}
  for (var begin = splitBegin; begin < splitEnd; begin += ${tile.depth}) {
    ${alongRows ? loadAlongRows(product, size) : loadAlongTerms(product, size, isVectorA)}
    ${loadB(product, size)}
    workgroupBarrier();
    ${alongRows ? multiplyAlongRows(tile, size) : multiplyAlongTerms(tile, size)}
    workgroupBarrier();
  }
  let firstColumn = groupColumn + i32(thread.x) * 4;
  ${lines(rowGroups, (i) =>
    lines(
      4,
      (r) => `{ let row = groupRow + (i32(thread.y) + ${threadRows * i}) * 4 + ${r};
    if (row < ${rows}) { ${lines(columnGroups, (j) => store(i, r, j))} } }`,
    ),
  )}
}
`;
}

/** A thread loads several rows at the same four terms. */
function prepareAlongTerms({ rows, a }: InnerProduct, { threads, rows: rowVectors, depth }: Sizes): string {
  const items = (4 * rowVectors * depth) / threads;
  return `let term = local % ${depth} * 4;
  ${lines(
    items,
    (i) => `let row${i} = min(groupRow + local / ${depth} + ${(threads / depth) * i}, ${rows - 1});
  ${a.row(`row${i}`, rowNames(i))}`,
  )}`;
}

function loadAlongTerms(product: InnerProduct, size: Sizes, isVector: boolean): string {
  const { inner, a } = product;
  const items = (4 * size.rows * size.depth) / size.threads;
  const split = (q: number) =>
    `let k = begin + term + ${q}; let o = k / ${inner}; let e = k % ${inner}; ${a.outer('o')}`;
  const vector = (i: number) => valueAt(a, i, 'e', (at) => `a[(${at}) / 4]`, 'vec4f()');
  return `${lines(items, (i) => `var v${i} = vec4f();`)}
    ${lines(
      isVector ? 1 : 4,
      (q) => `{ ${split(q)}
      if (k < splitEnd) { ${lines(
        items,
        (i) =>
          `{ ${locate(a, i)} v${i}${isVector ? '' : `[${q}]`} = ${isVector ? vector(i) : valueAt(a, i, 'e')}; }`,
      )} } }`,
    )}
    ${lines(items, (i) => `tileA[local + ${size.threads * i}] = storedA(v${i});`)}`;
}

/** A thread loads the same four rows at several terms. */
function prepareAlongRows({ rows, a }: InnerProduct, { rows: rowVectors }: Sizes): string {
  return `let term = local / ${rowVectors};
  let row = min(groupRow + local % ${rowVectors} * 4, ${rows - 4});
  ${a.row('row', rowNames(''))}`;
}

function loadAlongRows({ inner, a }: InnerProduct, size: Sizes): string {
  const items = (4 * size.rows * size.depth) / size.threads;
  return lines(
    items,
    (i) => `{ var v = vec4f();
      let k = begin + term + ${(size.threads / size.rows) * i}; let o = k / ${inner}; let e = k % ${inner};
      ${a.outer('o')}
      if (k < splitEnd) { ${locate(a, '')} v = ${valueAt(a, '', 'e', (at) => `a[(${at}) / 4]`, 'vec4f()')}; }
      tileA[local + ${size.threads * i}] = storedA(v); }`,
  );
}

function loadB({ columns }: InnerProduct, size: Sizes): string {
  const items = (4 * size.depth * size.columns) / size.threads;
  const value =
    columns % 4 === 0
      ? `if (column < ${columns}) { v = b[(k * ${columns} + column) / 4]; }`
      : lines(4, (q) => `if (column + ${q} < ${columns}) { v[${q}] = b[k * ${columns} + column + ${q}]; }`);
  return `{ let column = groupColumn + local % ${size.columns} * 4;
    ${lines(
      items,
      (i) => `{ var v = vec4f();
      let k = begin + local / ${size.columns} + ${(size.threads / size.columns) * i};
      if (k < splitEnd) { ${value} }
      tileB[local + ${size.threads * i}] = storedB(v); }`,
    )} }`;
}

/** Reads the vectors of b for one term. */
function readB(tile: SharedTile, size: Sizes, term: number): string {
  return range(tile.columns / 4)
    .map(
      (j) =>
        `let b${term % 4}_${j} = takenB(tileB[${term * size.columns + tile.threads[0] * j} + i32(thread.x)]);`,
    )
    .join(' ');
}

function multiplyAlongTerms(tile: SharedTile, size: Sizes): string {
  const multiply = (step: number, row: number) => {
    const place = Math.floor(row / 4) * tile.threads[1] * 4 + (row % 4);
    const sums = range(tile.columns / 4).map((j) => {
      const sum = range(4).reduce((terms, q) => `fma(vec4f(x[${q}]), b${q}_${j}, ${terms})`, `c${row}_${j}`);
      return `c${row}_${j} = ${sum};`;
    });
    return `{ let x = takenA(tileA[(i32(thread.y) * 4 + ${place}) * ${size.depth} + ${step}]); ${sums.join(' ')} }`;
  };
  return lines(
    size.depth,
    (step) =>
      `{ ${lines(4, (q) => readB(tile, size, 4 * step + q))}\n${lines(tile.rows, (row) => multiply(step, row))} }`,
  );
}

function multiplyAlongRows(tile: SharedTile, size: Sizes): string {
  const multiply = (term: number, i: number) => {
    const sums = range(4).flatMap((r) =>
      range(tile.columns / 4).map((j) => {
        const sum = `c${4 * i + r}_${j}`;
        return `${sum} = fma(vec4f(x[${r}]), b${term % 4}_${j}, ${sum});`;
      }),
    );
    return `{ let x = takenA(tileA[${term * size.rows + tile.threads[1] * i} + i32(thread.y)]); ${sums.join(' ')} }`;
  };
  return lines(
    4 * size.depth,
    (term) => `{ ${readB(tile, size, term)}\n${lines(tile.rows / 4, (i) => multiply(term, i))} }`,
  );
}

function storeVector(product: InnerProduct, sum: string): string {
  const { columns } = product;
  const at = `place + row * ${columns} + column`;
  if (columns % 4 === 0) {
    return `if (column < ${columns}) { c[(${at}) / 4] = ${finish(product, 'vec4f', sum, 'column / 4')}; }`;
  }
  return lines(
    4,
    (q) =>
      `if (column + ${q} < ${columns}) { c[${at} + ${q}] = ${finish(product, 'f32', `${sum}[${q}]`, `column + ${q}`)}; }`,
  );
}
