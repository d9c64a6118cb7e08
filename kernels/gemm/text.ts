/** Pieces of shader text that both ways of writing the inner product share. */
import type { InnerProduct, PictureMap, RowNames } from './webgpu.ts';

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** `make` for 0 to count − 1, each on a line of its own. */
export function lines(count: number, make: (i: number) => string): string {
  return range(count).map(make).join('\n');
}

export function rowNames(suffix: string | number): RowNames {
  return { image: `image${suffix}`, line: `line${suffix}`, column: `column${suffix}` };
}

/** Declares `base` and, where the picture may be left, `inside` of one row for the current o. */
export function locate(map: PictureMap, suffix: string | number): string {
  const { image, line, column } = rowNames(suffix);
  const at = `at${suffix}`;
  const base = `base${suffix}`;
  if (map.spread) {
    const { lines, columns, channels } = map.spread;
    const across = `across${suffix}`;
    const isThere = (position: string, every: number, count: number) =>
      `(u32(${position}) < ${(count - 1) * every + 1}u) & (${position} % ${every} == 0)`;
    return `let ${at} = ${line} + outerLine; let ${across} = ${column} + outerColumn;
let inside${suffix} = ${isThere(at, lines, map.lines)} & ${isThere(across, columns, map.lineLength / channels)};
let ${base} = (${image} + ${at} / ${lines}) * ${map.lineLength} + ${across} / ${columns} * ${channels};`;
  }
  return `let ${at} = ${line} + outerLine;
${map.bordered ? `let inside${suffix} = u32(${at}) < ${map.lines}u;` : ''}
let ${base} = (${image} + outerImage + ${at}) * ${map.lineLength} + ${column};`;
}

/** The value at e, an i32 expression, of a row that `locate` has found. `read` makes a load from an index. */
export function valueAt(
  map: PictureMap,
  suffix: string | number,
  e: string,
  read = (index: string) => `a[${index}]`,
  zero = '0.0',
): string {
  const offset = map.step === 1 ? `(${e})` : `${map.step} * (${e})`;
  const value = read(`base${suffix} + ${offset}`);
  if (map.spread) return `select(${zero}, ${value}, inside${suffix})`;
  if (!map.bordered) return value;
  const { column } = rowNames(suffix);
  return `select(${zero}, ${value}, inside${suffix} & (u32(${column} + ${offset}) < ${map.lineLength}u))`;
}

export function declarations(
  product: InnerProduct,
  types: { a: string; b: string; bias: string; c: string },
): string {
  const names = ['a', 'b', ...(product.bias ? ['bias'] : []), 'c'] as const;
  return names
    .map((name, i) => {
      const access = name === 'c' ? 'read_write' : 'read';
      return `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${types[name as keyof typeof types]}>;`;
    })
    .join('\n');
}

/** `rowGroup`, `splitBegin` and `splitEnd` among `count`, in steps of `unit`, and `place`, where this split's c begins. */
export function division(product: InnerProduct, groupsPerLayer: number, count: number, unit: number): string {
  const splits = product.splits ?? 1;
  const parts = Math.ceil(count / unit);
  return splits === 1
    ? `let rowGroup = i32(group.y + group.z * ${groupsPerLayer}u);
  const splitBegin = 0; const splitEnd = ${count}; const place = 0;`
    : `let rowGroup = i32(group.y);
  let splitBegin = i32(group.z) * ${parts} / ${splits} * ${unit};
  let splitEnd = min((i32(group.z) + 1) * ${parts} / ${splits} * ${unit}, ${count});
  let place = i32(group.z) * ${product.rows * product.columns};`;
}

/** What is stored for a sum: with the bias added, and no less than the floor. */
export function finish(product: InnerProduct, type: 'f32' | 'vec4f', sum: string, column: string): string {
  const value = product.bias ? `${sum} + bias[${column}]` : sum;
  if (product.floor === undefined) return value;
  const floor = type === 'f32' ? `f32(${product.floor})` : `vec4f(${product.floor})`;
  return `select(${value}, ${floor}, ${value} < ${floor})`;
}
