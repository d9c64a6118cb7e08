/**
 * Letters and signs that nobody takes for a digit, as people write them.
 *
 * Each is a text of points: strokes are separated by `;`, smooth runs of a stroke by `/`, which makes a corner, and points by
 * spaces; a point is `across,down`, where 0 is the top of a capital letter and 1 the line it stands on. What looks like a
 * digit, or has a part that stands alone and does, is not here: B, D, G, I, O, Q, S, Y, Z, b, g, i, j, l, o, q, s, y, z,
 * the slash, bars, quotes, ?, >, & and %.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import type { Point, Stroke } from '../synthetic/curve.ts';
import { Hand } from '../synthetic/hand.ts';

const LETTERS: Record<string, string> = {
  A: '0,1 .3,0 / .62,1; .1,.62 .5,.62',
  C: '.6,.15 .35,0 .05,.35 .1,.8 .4,1 .65,.85',
  E: '.6,0 .05,0 / .05,1 / .6,1; .05,.5 .5,.5',
  F: '.6,0 .05,0 / .05,1; .05,.48 .48,.48',
  H: '.05,0 .05,1; .6,0 .6,1; .05,.5 .6,.5',
  K: '.05,0 .05,1; .58,0 .07,.55 / .62,1',
  L: '.05,0 .05,1 / .6,1',
  M: '0,1 .05,0 / .38,.7 / .7,0 / .78,1',
  N: '0,1 .02,0 / .6,1 / .62,0',
  P: '.05,1 .05,0 .4,0 .58,.25 .4,.52 .06,.55',
  R: '.05,1 .05,0 .45,0 .56,.25 .06,.52 / .6,1',
  T: '0,0 .7,0; .35,0 .35,1',
  U: '0,0 .05,.75 .3,1 .55,.75 .6,0',
  V: '0,0 .3,1 / .6,0',
  W: '0,0 .2,1 / .4,.2 / .6,1 / .8,0',
  X: '0,0 .6,1; .6,0 0,1',
  a: '.5,.45 .2,.4 .02,.75 .2,1 .45,.85 .5,.45 / .52,.85 .65,1',
  c: '.5,.45 .25,.4 .02,.7 .2,1 .5,.9',
  d: '.45,.5 .2,.42 .02,.75 .2,1 .45,.85; .5,0 .48,.85 .6,1',
  e: '.05,.72 .5,.65 .4,.42 .15,.45 .03,.75 .25,1 .55,.9',
  f: '.5,.08 .3,.02 .2,.3 .2,1; 0,.42 .42,.42',
  h: '.05,0 .05,1 / .1,.6 .35,.42 .48,.65 .5,1',
  k: '.05,0 .05,1; .45,.4 .08,.7 / .5,1',
  m: '0,.42 .02,1 / .08,.55 .28,.42 .34,.62 .35,1 / .4,.55 .62,.42 .68,.62 .7,1',
  n: '0,.42 .03,1 / .08,.58 .32,.42 .44,.62 .46,1',
  p: '.03,.42 .03,1.4; .05,.5 .3,.4 .48,.65 .35,.95 .05,.92',
  r: '.03,.42 .03,1 / .08,.6 .22,.44 .42,.46',
  t: '.2,.1 .2,.85 .4,1 .52,.9; 0,.4 .42,.4',
  u: '0,.42 .05,.9 .3,1 .46,.75 .48,.42 / .5,1',
  v: '0,.42 .24,1 / .46,.42',
  w: '0,.42 .18,1 / .35,.5 / .5,1 / .68,.42',
  x: '0,.42 .46,1; .46,.42 0,1',
  ä: '.5,.45 .2,.4 .02,.75 .2,1 .45,.85 .5,.45 / .52,.85 .65,1; .15,.12 .17,.17; .4,.12 .42,.17',
  '+': '.3,.2 .3,.8; 0,.5 .6,.5',
  '=': '0,.4 .6,.4; 0,.65 .6,.65',
  '-': '0,.5 .6,.5',
  '×': '.05,.25 .5,.75; .5,.25 .05,.75',
  '÷': '0,.5 .6,.5; .3,.2 .31,.23; .3,.78 .31,.81',
  '#': '.2,0 .1,1; .5,0 .4,1; 0,.35 .6,.35; 0,.68 .6,.68',
  '@': '.45,.4 .25,.4 .25,.65 .42,.65 .5,.35 / .52,.65 .75,.5 .55,.05 .15,.1 0,.55 .3,1 .65,.9',
  '*': '.3,.2 .3,.8; .05,.35 .55,.65; .55,.35 .05,.65',
  '€': '.6,.1 .35,0 .1,.4 .3,.95 .6,.9; 0,.4 .45,.4; 0,.6 .4,.6',
  ':': '.1,.3 .11,.34; .1,.8 .11,.84',
  '<': '.5,.2 .05,.5 / .5,.8',
};

/** All letters and signs that there are skeletons of. */
export const LETTER_NAMES: readonly string[] = Object.keys(LETTERS);

/** The strokes of a letter, each point off by about `looseness` of its height. */
export function drawLetter(name: string, random: RandomStream, looseness: number): Stroke[] {
  const hand = new Hand(random, looseness);
  return LETTERS[name].split(';').map((stroke) => {
    const runs: Point[][] = [];
    for (const run of stroke.split('/')) {
      const points = run
        .trim()
        .split(' ')
        .map((point) => {
          const [x, y] = point.split(',').map(Number);
          return hand.aim(x, y);
        });
      const before = runs.at(-1)?.at(-1);
      runs.push(before ? [before, ...points] : points);
    }
    return runs;
  });
}
