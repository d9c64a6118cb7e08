/** Everything in a picture that could be a digit, as the reader would show it to a network: for making training sets. */
import type { Atom } from './atoms.ts';
import { findGroups, imageOf, type View } from './candidates.ts';
import { lookAt } from './find.ts';
import type { Picture } from './picture.ts';
import { LARGEST_CANDIDATES } from './settings.ts';
import { sourceOf } from './turn.ts';

/** A piece that candidates are put together from. */
export interface Piece {
  /** Calls `visit` with the places of its pixels in the picture, in pixels from the top left corner. */
  visit(visit: (x: number, y: number) => void): void;
}

/** One candidate. Its image is made only when it is asked for, since that takes longer than all else. */
export interface Harvested {
  /** Shared between candidates. */
  pieces: readonly Piece[];
  /** 28×28 bytes, as the network takes them; undefined where nothing is left. */
  image(): Uint8Array<ArrayBuffer> | undefined;
}

export function harvest(picture: Picture): Harvested[] {
  return lookAt(picture).flatMap((view) => {
    const { lines } = view;
    const pieces = lines.map(({ atoms }) => atoms.map((atom) => pieceOf(atom, view)));
    return findGroups(lines, LARGEST_CANDIDATES).map((group) => ({
      pieces: pieces[group.line].slice(group.first, group.last + 1),
      image: () => imageOf(view, group),
    }));
  });
}

/** The grey edges of an atom, which lie outside of its box, are left out. */
function pieceOf({ left, top, right, bottom, label }: Atom, { labelled, turn, scale }: View): Piece {
  return {
    visit(visit) {
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          if (labelled.labels[y * labelled.width + x] !== label) continue;
          const [sourceX, sourceY] = sourceOf(turn, x + 0.5, y + 0.5);
          visit(scale * sourceX, scale * sourceY);
        }
      }
    },
  };
}
