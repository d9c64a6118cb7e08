/**
 * One writer's hand on one day.
 *
 * A style holds what all lines of a digit share: how it leans, how wide it is, how heavy the pen, how hasty and how
 * steady the hand. Every picture gets a style of its own, so that a data set of n digits has n writers. The spreads
 * are wider than a single population's on purpose: a network that has seen more than it will meet reads better.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';

export interface Style {
  /** Shear: how far the top lies right of the bottom, in digit heights. */
  slant: number;
  /** Rotation in radians, clockwise as seen on paper. */
  rotation: number;
  /** Width over the glyph's own width. */
  aspect: number;
  /** How much wider the bottom is than the top, as a share of the width. */
  taper: number;
  /** Deviation of each control point from where the glyph wants it, in digit heights. */
  looseness: number;
  /** Largest displacement by the smooth warp of the whole digit, in digit heights. */
  warp: number;
  /** Largest displacement of the line by an unsteady hand, in digit heights. */
  tremor: number;
  /** How many times the line is smoothed: a hasty hand cuts corners. */
  haste: number;
  /** Mean width of the line, in pixels of the finished picture. */
  penWidth: number;
  /** How much wider the line is across the nib than along it, as a share of the width. */
  nibContrast: number;
  /** Direction in radians in which lines come out thickest. */
  nibAngle: number;
  /** How much the width changes along a stroke with pressure, as a share of the width. */
  pressure: number;
  /** How ragged the line's edges are: deviation of the width from point to point, as a share of the width. */
  roughness: number;
  /** Half the width of a line's grey edge, in pixels. */
  softness: number;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** A style at random. */
export function drawStyle(random: RandomStream): Style {
  return {
    slant: clamp(0.16 + 0.24 * random.normal(), -0.45, 0.85),
    rotation: clamp(0.1 * random.normal(), -0.3, 0.3),
    aspect: clamp(Math.exp(0.28 * random.normal()), 0.5, 2),
    taper: clamp(0.15 * random.normal(), -0.4, 0.4),
    looseness: random.between(0.005, 0.055),
    warp: random.between(0, 0.1),
    tremor: random.uniform() < 0.3 ? random.between(0, 0.015) : 0,
    haste: random.below(6),
    penWidth: clamp(2.5 * Math.exp(0.36 * random.normal()), 1.1, 7),
    nibContrast: random.between(0, 0.25),
    nibAngle: random.between(0, Math.PI),
    pressure: random.between(0, 0.25),
    roughness: random.between(0, 0.12),
    softness: random.between(0.5, 0.9),
  };
}
