/**
 * Pictures moved as a whole, by an affine map around their centre and bilinear interpolation; beyond the edges there is
 * paper. See corruption.ts for the source. The directions are drawn by lot.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import { at, type Corruption, type Grey, mapPixels } from './corruption.ts';

/** Where a pixel comes from, seen from the centre: x = xx · x′ + xy · y′ + shiftX, and y alike. */
interface Source {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  shiftX: number;
  shiftY: number;
}

const UNMOVED: Source = { xx: 1, xy: 0, yx: 0, yy: 1, shiftX: 0, shiftY: 0 };

/** In radians. */
const ANGLES = [0.2, 0.4, 0.6, 0.8, 1];

export const shear: Corruption = {
  title: 'shear',
  severity: 2,
  apply(picture, severity, random) {
    const angle = eitherWay(random) * ANGLES[severity - 1];
    return moved(picture, { ...UNMOVED, xy: -Math.sin(angle), yy: Math.cos(angle) });
  },
};

export const rotate: Corruption = {
  title: 'rotate',
  severity: 2,
  apply(picture, severity, random) {
    const angle = eitherWay(random) * ANGLES[severity - 1];
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    return moved(picture, { ...UNMOVED, xx: cosine, xy: -sine, yx: sine, yy: cosine });
  },
};

/** Shrinks the picture to so much of its size. */
const SIZES = [0.9, 0.8, 0.7, 0.6, 0.5];

export const scale: Corruption = {
  title: 'scale',
  severity: 3,
  apply(picture, severity) {
    const size = SIZES[severity - 1];
    return moved(picture, { ...UNMOVED, xx: 1 / size, yy: 1 / size });
  },
};

/** By `severity` pixels both across and down or up. */
export const translate: Corruption = {
  title: 'translate',
  severity: 3,
  apply(picture, severity, random) {
    const [shiftX, shiftY] = [eitherWay(random) * severity, eitherWay(random) * severity];
    return moved(picture, { ...UNMOVED, shiftX, shiftY });
  },
};

function eitherWay(random: RandomStream): 1 | -1 {
  return random.uniform() < 0.5 ? -1 : 1;
}

function moved(picture: Grey, { xx, xy, yx, yy, shiftX, shiftY }: Source): Float64Array {
  const [centreX, centreY] = [(picture.width - 1) / 2, (picture.height - 1) / 2];
  return mapPixels(picture, (row, column) => {
    const [x, y] = [column - centreX, row - centreY];
    return between(picture, yx * x + yy * y + centreY + shiftY, xx * x + xy * y + centreX + shiftX);
  });
}

/** The four pixels around a place, mixed. */
function between(picture: Grey, row: number, column: number): number {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [down, across] = [row - top, column - left];
  const upper = (1 - across) * at(picture, top, left) + across * at(picture, top, left + 1);
  const lower = (1 - across) * at(picture, top + 1, left) + across * at(picture, top + 1, left + 1);
  return (1 - down) * upper + down * lower;
}
