/** Sharing out work among the workgroups of compute shaders. */
import type { GpuTraits } from './operation.ts';

/** Invocations of a workgroup in shaders that give each value, or vector of four, an invocation of its own. */
const EACH = 256;

/**
 * Workgroups of 256 for so many invocations, in two dimensions where one does not hold them all. The shader finds its
 * number as `id.y * groups.x * 256 + id.x`, and leaves when that is too large.
 */
export function groupsFor(invocations: number, device: GpuTraits): [number, number, number] {
  return spread(Math.ceil(invocations / EACH), device);
}

/** So many workgroups, or a few more: the shader finds its number as `group.y * groups.x + group.x`. */
export function spread(groups: number, { limits }: GpuTraits): [number, number, number] {
  const rows = Math.ceil(groups / limits.maxComputeWorkgroupsPerDimension);
  return [Math.ceil(groups / rows), rows, 1];
}

/**
 * Invocations of a workgroup that adds up something together. Software goes from one to the next at every barrier:
 * SwiftShader takes five milliseconds for a sum with 256 of them, and three seconds to compile it; with 16 it is as
 * fast as without any barrier.
 */
export function teamOf({ isSoftware }: GpuTraits): number {
  return isSoftware ? 16 : 256;
}

/** How many channels one invocation takes: four where that divides them. */
export function widthFor(channels: number): 1 | 4 {
  return channels % 4 === 0 ? 4 : 1;
}

/** Names for one value or a vector of four, so that one shader serves both. */
export function valueTypes(width: 1 | 4): string {
  return width === 4
    ? 'alias Value = vec4f; alias Place = vec4i; alias Truth = vec4<bool>; alias Bits = vec4u;\n'
    : 'alias Value = f32; alias Place = i32; alias Truth = bool; alias Bits = u32;\n';
}

/** How sums over rows, one for each column, are shared out. */
export interface RowDivision {
  /** Invocations of a workgroup. */
  team: number;
  /** Columns that a workgroup takes, side by side; its other invocations take other rows of the same. */
  side: number;
  /** Workgroups for all columns. */
  blocks: number;
  /** Rows that a workgroup takes, and how many workgroups that makes. */
  chunkRows: number;
  chunks: number;
}

/** Fewest rows for one invocation: below this, adding up chunks costs more than it saves. */
const SMALLEST_CHUNK = 8;
const MOST_CHUNKS = 256;
const WIDEST_SIDE = 64;

export function divideRows(rows: number, columns: number, device: GpuTraits): RowDivision {
  const team = teamOf(device);
  const side = Math.min(team, WIDEST_SIDE, 2 ** Math.ceil(Math.log2(columns)));
  const chunkRows = Math.max(SMALLEST_CHUNK * (team / side), Math.ceil(rows / MOST_CHUNKS));
  return { team, side, blocks: Math.ceil(columns / side), chunkRows, chunks: Math.ceil(rows / chunkRows) };
}
