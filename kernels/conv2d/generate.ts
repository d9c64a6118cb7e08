/**
 * Writes the three transforms of Winograd's convolution F(2×2, 3×3), eight channels at a time: see winograd.wasm.ts.
 *
 * Each is spelled out for two vectors side by side, all loads before all stores, so that V8 can join the pair into
 * one of 256 bits.
 */

const PAIR = [0, 1];
const FOUR = [0, 1, 2, 3];

/** Code for both vectors of a pair; `{v}` is 0 or 1, `{o}` its offset in bytes. */
function both(code: string): string {
  return PAIR.map((v) => code.replaceAll('{v}', String(v)).replaceAll('{o}', String(16 * v))).join('\n    ');
}

/** The rows (or columns) of Bᵀd: which two of four are joined, and how. */
const INPUT_ROWS = [
  ['sub', 0, 2],
  ['add', 1, 2],
  ['sub', 2, 1],
  ['sub', 1, 3],
] as const;

function inputTransform(): string {
  const row = INPUT_ROWS.map(([operation, a, b], i) => {
    const combined = FOUR.map((j) =>
      both(
        `const r${i}${j}_{v} = f32x4.${operation}(v128.load(d${a} + ${j} * pixel, {o}), v128.load(d${b} + ${j} * pixel, {o}));`,
      ),
    );
    const stores = INPUT_ROWS.map(([how, left, right], j) =>
      both(
        `v128.store(target + ${4 * i + j} * plane, f32x4.${how}(r${i}${left}_{v}, r${i}${right}_{v}), {o});`,
      ),
    );
    return [...combined, ...stores].join('\n    ');
  }).join('\n    ');
  return `
/** V = Bᵀ d B of one 4×4 tile whose rows start at row0…row3, all channels, to sixteen planes. */
export function winogradInput(row0: usize, row1: usize, row2: usize, row3: usize, pixel: usize, target: usize, plane: usize): void {
  for (let c: usize = 0; c < pixel; c += 32, target += 32) {
    const d0 = row0 + c;
    const d1 = row1 + c;
    const d2 = row2 + c;
    const d3 = row3 + c;
    ${row}
  }
}
`;
}

function outputTransform(): string {
  const plane = (i: number, j: number) => `v128.load(source + ${4 * i + j} * plane, {o})`;
  const sums = FOUR.map((j) =>
    [
      both(`const m${j}_{v} = ${plane(1, j)};`),
      both(`const n${j}_{v} = ${plane(2, j)};`),
      both(`const t${j}_{v} = f32x4.add(f32x4.add(${plane(0, j)}, m${j}_{v}), n${j}_{v});`),
      both(`const u${j}_{v} = f32x4.sub(f32x4.sub(m${j}_{v}, n${j}_{v}), ${plane(3, j)});`),
    ].join('\n    '),
  ).join('\n    ');
  const store = (row: 't' | 'u', y: number) =>
    [
      both(
        `v128.store(y${y}0 + f, f32x4.pmax(f32x4.add(f32x4.add(f32x4.add(${row}0_{v}, ${row}1_{v}), ${row}2_{v}), b_{v}), least), {o});`,
      ),
      both(
        `v128.store(y${y}1 + f, f32x4.pmax(f32x4.add(f32x4.sub(f32x4.sub(${row}1_{v}, ${row}2_{v}), ${row}3_{v}), b_{v}), least), {o});`,
      ),
    ].join('\n    ');
  return `
/** y = Aᵀ M A + bias of one 2×2 tile, no less than floor, from sixteen planes. */
export function winogradOutput(source: usize, plane: usize, bytes: usize, bias: usize, floor: f32, y00: usize, y01: usize, y10: usize, y11: usize): void {
  const least = f32x4.splat(floor);
  for (let f: usize = 0; f < bytes; f += 32, source += 32) {
    ${both('const b_{v} = v128.load(bias + f, {o});')}
    ${sums}
    ${store('t', 0)}
    ${store('u', 1)}
  }
}
`;
}

function gradientTransform(): string {
  const row = (name: string, i: number) =>
    [
      both(`v128.store(target + ${4 * i} * plane, ${name}0_{v}, {o});`),
      both(`v128.store(target + ${4 * i + 1} * plane, f32x4.add(${name}0_{v}, ${name}1_{v}), {o});`),
      both(`v128.store(target + ${4 * i + 2} * plane, f32x4.sub(${name}0_{v}, ${name}1_{v}), {o});`),
      both(`v128.store(target + ${4 * i + 3} * plane, f32x4.neg(${name}1_{v}), {o});`),
    ].join('\n    ');
  const combine = (name: string, code: (j: number) => string) =>
    [0, 1].map((j) => both(`const ${name}${j}_{v} = ${code(j)};`)).join('\n    ');
  return `
/** A dy Aᵀ of one 2×2 tile, all filters, to sixteen planes. */
export function winogradGradient(dy00: usize, dy01: usize, dy10: usize, dy11: usize, bytes: usize, target: usize, plane: usize): void {
  for (let f: usize = 0; f < bytes; f += 32, target += 32) {
    ${combine('p', (j) => `v128.load(dy0${j} + f, {o})`)}
    ${combine('q', (j) => `v128.load(dy1${j} + f, {o})`)}
    ${combine('s', (j) => `f32x4.add(p${j}_{v}, q${j}_{v})`)}
    ${combine('d', (j) => `f32x4.sub(p${j}_{v}, q${j}_{v})`)}
    ${combine('e', (j) => `f32x4.neg(q${j}_{v})`)}
    ${row('p', 0)}
    ${row('s', 1)}
    ${row('d', 2)}
    ${row('e', 3)}
  }
}
`;
}

export function generateWinograd(): string {
  return `// Written by kernels/conv2d/generate.ts when the kernels are built.\n${inputTransform()}${outputTransform()}${gradientTransform()}`;
}
