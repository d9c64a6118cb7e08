/**
 * Sums over a workgroup, as a piece of WGSL before a shader that has an override `TEAM`, its number of invocations:
 * `sumOfTeam(local, own)` gives every invocation the sum of what all of them bring.
 *
 * Where the card has subgroups, each adds up its own in registers, and one barrier is enough; nothing is taken for
 * granted of how large they are or which invocations they have. Elsewhere halves of the workgroup are added up again
 * and again, with a barrier each time.
 */
import type { GpuTraits } from './operation.ts';

export function teamSum({ subgroups }: Pick<GpuTraits, 'subgroups'>, type: 'f32' | 'vec2f'): string {
  return subgroups ? bySubgroups(type) : byHalves(type);
}

function bySubgroups(type: string): string {
  return `enable subgroups;
var<workgroup> sums: array<${type}, TEAM>;
fn sumOfTeam(local: u32, own: ${type}) -> ${type} {
  let subtotal = subgroupAdd(own);
  sums[local] = select(${type}(), subtotal, subgroupElect());
  workgroupBarrier();
  let lanes = subgroupAdd(1u);
  var sum = ${type}();
  for (var i = subgroupExclusiveAdd(1u); i < TEAM; i += lanes) { sum += sums[i]; }
  return subgroupAdd(sum);
}
`;
}

function byHalves(type: string): string {
  return `var<workgroup> sums: array<${type}, TEAM>;
fn sumOfTeam(local: u32, own: ${type}) -> ${type} {
  sums[local] = own;
  workgroupBarrier();
  for (var half = TEAM / 2; half > 0; half /= 2) {
    if (local < half) { sums[local] += sums[local + half]; }
    workgroupBarrier();
  }
  return sums[0];
}
`;
}
