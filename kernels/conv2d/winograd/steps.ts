/**
 * What the generators of Winograd's transforms share: steps from some vectors to others, written out for a pair of
 * vectors side by side, all loads before all stores, so that V8 can join the pair into one of 256 bits.
 */
import { range } from '../../gemm/generate.ts';

/** Values by name, each computed from those before it; the outputs are v0, v1, … */
export type Steps = readonly (readonly [name: string, value: string])[];

export const add = (left: string, right: string) => `f32x4.add(${left}, ${right})`;
export const subtract = (left: string, right: string) => `f32x4.sub(${left}, ${right})`;
export const times = (constant: string, value: string) => `f32x4.mul(${constant}, ${value})`;
/** constant · value + addend, and addend − constant · value. */
export const plusTimes = (constant: string, value: string, addend: string) =>
  `ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(${constant}, ${value}, ${addend}) : ${add(addend, times(constant, value))}`;
export const minusTimes = (constant: string, value: string, addend: string) =>
  `ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_nmadd(${constant}, ${value}, ${addend}) : ${subtract(addend, times(constant, value))}`;

/** Code for both vectors of a pair: values get the number of their vector, and addresses its offset. */
export const both = (code: (v: number, offset: number) => string) => [code(0, 0), code(1, 16)];

export type Constants = Readonly<Record<string, number>>;

/** Loads `inputs` values from addresses, takes the steps, and hands them on: `prefix` tells several runs apart. */
export function compute(steps: Steps, inputs: number, address: (i: number) => string, prefix = ''): string[] {
  const names = new Set([...range(inputs).map((i) => `d${i}`), ...steps.map(([name]) => name)]);
  const own = (code: string, v: number) =>
    code.replace(/\b[a-z]\d?\b/g, (name) => (names.has(name) ? `${prefix}${name}_${v}` : name));
  return [
    ...range(inputs).flatMap((i) =>
      both((v, o) => `const ${prefix}d${i}_${v} = v128.load(${address(i)}, ${o});`),
    ),
    ...steps.flatMap(([name, value]) => both((v) => `const ${own(name, v)} = ${own(value, v)};`)),
  ];
}

/** Code that loads those of the constants that the steps use. */
export function loadConstants(constants: Constants, steps: Steps): string[] {
  return Object.keys(constants).flatMap((name, i) =>
    steps.some(([, value]) => value.includes(`(${name},`))
      ? [`const ${name} = v128.load32_splat(CONSTANTS, ${4 * i});`]
      : [],
  );
}

/** Where they are loaded from: written as constant vectors they halved the speed. */
export const dataOf = (constants: Constants): string =>
  `\nconst CONSTANTS = memory.data<f32>([${Object.values(constants).join(', ')}]);\n`;

/** What is left of a sum: plus bias, and no less than floor. */
export const finished = (value: string, v: number) => `f32x4.pmax(${add(value, `bias_${v}`)}, least)`;
export const LOAD_BIAS = both((v, o) => `const bias_${v} = v128.load(bias + f, ${o});`);
export const LOAD_LEAST = 'const least = f32x4.splat(floor);';

/** The largest of some vectors. Unlike `pmax`, lets a NaN through on either side, as a max pool must. */
export const largest = (values: readonly string[]): string =>
  values.reduce((one, other) => `f32x4.max(${one}, ${other})`);

export interface Transform {
  comment: string;
  name: string;
  parameters: readonly string[];
  before: readonly string[];
  /** Heads of nested loops, outermost first. */
  loops: readonly string[];
  body: readonly string[];
}

/** The function, in AssemblyScript. */
export function write({ comment, name, parameters, before, loops, body }: Transform): string {
  const typed = parameters.map((parameter) => (parameter.includes(':') ? parameter : `${parameter}: usize`));
  return `
/** ${comment} */
export function ${name}(${typed.join(', ')}): void {
  ${before.join('\n  ')}
  ${loops.map((loop) => `${loop} {`).join('\n  ')}
    ${body.join('\n    ')}
  ${loops.map(() => '}').join('\n  ')}
}
`;
}
