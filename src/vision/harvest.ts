/** Everything in a picture that could be a digit, as the reader would show it to a network: for making training sets. */
import { findGroups, imageOf } from './candidates.ts';
import { lookAt } from './find.ts';
import type { Picture } from './picture.ts';
import { LARGEST_CANDIDATES } from './settings.ts';
import { sourceOf } from './turn.ts';

/** One candidate. Its image is made only when it is asked for, since that takes longer than all else. */
export interface Harvested {
  /** Of how many pieces it was put together. */
  pieces: number;
  /** Calls `visit` with the places of its pixels in the picture, in pixels from the top left corner. */
  visit(visit: (x: number, y: number) => void): void;
  /** 28×28 bytes, as the network takes them; undefined where nothing is left. */
  image(): Uint8Array<ArrayBuffer> | undefined;
}

export function harvest(picture: Picture): Harvested[] {
  return lookAt(picture).flatMap(({ lines, labelled, ink, turn, scale }) =>
    findGroups(lines, LARGEST_CANDIDATES).map((group) => ({
      pieces: group.last - group.first + 1,
      visit(visit) {
        const own = new Set(
          lines[group.line].atoms.slice(group.first, group.last + 1).map(({ label }) => label),
        );
        const { left, top, right, bottom } = group.extent;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) {
            if (!own.has(labelled.labels[y * labelled.width + x])) continue;
            const [sourceX, sourceY] = sourceOf(turn, x + 0.5, y + 0.5);
            visit(scale * sourceX, scale * sourceY);
          }
        }
      },
      image: () => imageOf(labelled, ink, lines, group),
    })),
  );
}
