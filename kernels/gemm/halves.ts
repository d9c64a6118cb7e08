/**
 * How vectors of four stand in workgroup memory: as they are, or rounded to half precision.
 *
 * Half as many bytes then come out of that memory, which is what bounds a product of small tiles, and twice as many
 * fit into it. Values are multiplied and added up in single precision, so each term is off by at most about 2^-10 of
 * itself, and no sum overflows; a value above 65,504 does. Gradients of networks are often below 2^-24, the least that
 * half precision can tell from zero, so only inputs and weights are rounded. Tensors stay in single precision.
 *
 * A card with `shader-f16` has numbers of this kind; on others two share a word.
 */

export type Storage = 'single' | 'f16' | 'packed';

export function half(hasF16: boolean): Storage {
  return hasF16 ? 'f16' : 'packed';
}

/** The type `StoredA`, `storedA` from a vector and `takenA` back to it, or the same for B. */
export function storage(name: 'A' | 'B', kind: Storage): string {
  const declare = (type: string, stored: string, taken: string) => `alias Stored${name} = ${type};
fn stored${name}(value: vec4f) -> ${type} { return ${stored}; }
fn taken${name}(value: ${type}) -> vec4f { return ${taken}; }`;
  switch (kind) {
    case 'single':
      return declare('vec4f', 'value', 'value');
    case 'f16':
      return declare('vec4h', 'vec4h(value)', 'vec4f(value)');
    case 'packed':
      return declare(
        'vec2u',
        'vec2u(pack2x16float(value.xy), pack2x16float(value.zw))',
        'vec4f(unpack2x16float(value.x), unpack2x16float(value.y))',
      );
  }
}
