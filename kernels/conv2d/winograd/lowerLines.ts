/**
 * Convolutions by Winograd's algorithm along lines as calls of the WebAssembly kernels: when it pays, how many pictures
 * at a time, and what goes where in scratch memory.
 */
import { tileCode } from '../../gemm/tiles.ts';
import type { KernelCall, Tile, WasmCall } from '../../operation.ts';
import type { Epilogue } from '../lower.ts';
import type { Conv2dGeometry } from '../reference.ts';
import { Layout } from './layout.ts';
import { lowerWeights } from './lowerWeights.ts';

type Call = Pick<WasmCall<unknown>, 'parts' | 'scratch' | 'keep'>;

/** Products of a tile. */
const PLANES = 8;
/** Neighbouring pixels of a line that are a tile's outputs, and the kernels' width. */
const OUTPUTS = 4;
const TAPS = 5;
/** What the planes of a group of pictures may take, so that they stay near the processor. */
const GROUP_BYTES = 192 * 1024;
/** What the transforms of one value take, in multiplications of the products. */
const TRANSFORM = 10;
/** Filters that the products do at once at the widest. */
const PANEL = 16;

const tilesOf = (g: Conv2dGeometry) => Math.ceil(g.outWidth / OUTPUTS);

/** Whether the algorithm is possible and faster than the direct one, by their multiplications. */
export function isForWinogradLines(g: Conv2dGeometry): boolean {
  const possible =
    g.kernelWidth === TAPS &&
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    g.channels % 8 === 0 &&
    g.filters % 8 === 0;
  const filters = Math.ceil(g.filters / PANEL) * PANEL;
  const products = g.outHeight * g.kernelHeight * g.channels * filters;
  const transforms = (g.outHeight + g.kernelHeight - 1) * g.channels + g.outHeight * g.filters;
  const cost = PLANES * tilesOf(g) * (products + TRANSFORM * transforms);
  return possible && cost < TAPS * g.kernelHeight * g.outHeight * g.outWidth * g.channels * g.filters;
}

/** Pictures at a time: with no register tile that has rows left over, where there is room for that. */
function groupOf(g: Conv2dGeometry, tile: Tile, parts: number, pictureBytes: number): number {
  const most = Math.max(1, Math.min(Math.floor(GROUP_BYTES / pictureBytes), Math.ceil(g.batch / parts)));
  for (let group = most; group > 0; group--) {
    if ((group * g.outHeight * tilesOf(g)) % tile.rows === 0) return group;
  }
  return most;
}

/** y = convolution of x with kernels five pixels wide, with what stands behind it. */
export function lowerWinogradLines(
  call: Call,
  tile: Tile,
  g: Conv2dGeometry,
  { x, weight, bias, y }: { x: number; weight: number; bias: number; y: number },
  { batchNorm, floor, pool }: Epilogue,
): KernelCall[] {
  const prepared = lowerWeights(
    call.keep,
    tile,
    { planes: PLANES, depth: g.kernelHeight * g.channels, filters: g.filters, reversed: false },
    (target) => ({
      kernel: 'winogradLineWeights',
      args: [weight, g.kernelHeight, g.channels, g.filters, target],
      extent: g.kernelHeight,
    }),
    bias,
    batchNorm,
  );
  const { panels, panelPlane, biases } = prepared;
  const calls = prepared.calls.map((one): KernelCall => ({ ...one, preparation: true }));
  const tilesWide = tilesOf(g);
  const lines = g.outHeight + g.kernelHeight - 1;
  const width = OUTPUTS * tilesWide + TAPS - 1;
  const isBordered = g.top !== 0 || g.left !== 0 || g.height < lines || g.width < width;
  const [inputBytes, outputBytes] = [lines * g.channels, g.outHeight * g.filters].map(
    (values) => 4 * tilesWide * values,
  );
  const group = groupOf(g, tile, call.parts, PLANES * (inputBytes + outputBytes));
  const tiles = group * g.outHeight * tilesWide;
  const layout = new Layout();
  // Addresses are listed four at a time.
  layout.place(4 * tiles + 16);
  const edge = layout.place(4 * tiles * tile.columns);
  const bordered = isBordered ? layout.place(4 * group * lines * width * g.channels) : 0;
  const inputPlanes = layout.placeApart(PLANES, group * inputBytes);
  const outputPlanes = layout.placeApart(PLANES, group * outputBytes);
  const spare = layout.place(4 * OUTPUTS * tilesWide * g.filters);
  calls.push({
    kernel: 'winogradLines',
    args: [
      ...[x, g.batch, g.height, g.width, g.channels, g.top, g.left, lines, width, g.kernelHeight],
      ...[g.outHeight, g.outWidth, panels, panelPlane, biases, floor, pool ? 1 : 0, y, g.filters],
      ...[tileCode(tile), group, call.scratch(call.parts * layout.bytes), layout.bytes, edge, bordered],
      ...[...inputPlanes, ...outputPlanes, spare],
    ],
    extent: Math.ceil(g.batch / group),
  });
  return calls;
}
