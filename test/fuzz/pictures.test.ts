/** A sample of `pictures.ts`, which reads 20,000. */
import { expect, test } from 'vitest';
import { readMutant } from './read.ts';
import { seedPictures } from './seeds.ts';

const COUNT = 600;

test(`${COUNT} damaged pictures are read or refused in a sentence`, async () => {
  const seeds = await seedPictures();
  const originals = seeds.map(({ bytes }) => bytes);
  const hit = new Set<number>();
  let refused = 0;
  for (let number = 0; number < COUNT; number++) {
    const { original, refusal } = await readMutant(originals, number);
    hit.add(original);
    if (refusal !== undefined) refused++;
  }
  expect(hit.size).toBe(seeds.length);
  expect(refused).toBeGreaterThan(COUNT / 3);
  expect(refused).toBeLessThan(COUNT);
}, 120_000);
