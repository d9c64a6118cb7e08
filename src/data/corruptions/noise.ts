/** Noise in each pixel by itself: see corruption.ts for the source. */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import type { Corruption } from './corruption.ts';

/** Photons that a pixel full of ink stands for: few in dim light. */
const PHOTONS = [60, 25, 12, 5, 3];

/** As in dim light: each pixel counts photons, whose number varies as Poisson's distribution has it. */
export const shotNoise: Corruption = {
  title: 'shot noise',
  severity: 5,
  apply({ pixels }, severity, random) {
    const photons = PHOTONS[severity - 1];
    return pixels.map((value) => poisson(value * photons, random) / photons);
  },
};

const SHARE_LOST = [0.03, 0.06, 0.09, 0.17, 0.27];

/** Salt and pepper: a share of the pixels is full of ink or empty, each as often. */
export const impulseNoise: Corruption = {
  title: 'impulse noise',
  severity: 4,
  apply({ pixels }, severity, random) {
    const share = SHARE_LOST[severity - 1];
    return pixels.map((value) => {
      const chance = random.uniform();
      if (chance >= share) return value;
      return chance < share / 2 ? 1 : 0;
    });
  },
};

/** Knuth, "The art of computer programming", volume 2, section 3.4.1: for small means. */
function poisson(mean: number, random: RandomStream): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}
