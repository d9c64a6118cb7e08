/**
 * A large picture is read from near and from afar. From afar a blurred or fat stroke is a thin one with sharp edges, and the
 * grain and the ruling of the paper are gone; from near digits that touch can be told apart. Which of the looks to believe
 * is what the network says of each.
 */
import { averageCells } from './cells.ts';
import type { Grey } from './grey.ts';
import { surenessOf } from './judge.ts';
import type { PictureReading } from './picture.ts';
import { CLEARLY_SURER, ROW, SIDES_FROM_AFAR, SURE_FROM_AFAR } from './settings.ts';

/** The planes of a picture to read: itself, and what it is from further and further away. */
export function looksAt(grey: Grey): Grey[] {
  const { plane, scale, isLight } = grey;
  const shorter = Math.min(plane.width, plane.height);
  const cells = SIDES_FROM_AFAR.map((side) => Math.round(shorter / side)).filter((cell) => cell > 1);
  const further = [...new Set(cells)].map((cell) => ({
    plane: averageCells(plane, cell),
    scale: scale * cell,
    isLight,
  }));
  return [grey, ...further];
}

/** Of two readings of a picture the one to believe, the second being from further away. */
export function surer(near: PictureReading, far: PictureReading): PictureReading {
  if (far.rejected !== false) return near;
  const sureness = surenessOf(far.digits);
  if (near.rejected !== false) return sureness >= SURE_FROM_AFAR && !isStrokes(far) ? far : near;
  if (far.digits.length >= near.digits.length) return sureness > surenessOf(near.digits) ? far : near;
  // Small digits are lost from afar: of a row of them none may be.
  if (near.digits.length >= ROW) return near;
  return sureness > surenessOf(near.digits) + CLEARLY_SURER ? far : near;
}

/** Whether it is all ones: much is a stroke from afar. */
function isStrokes({ digits }: PictureReading): boolean {
  return digits.every(({ digit }) => digit === 1);
}
