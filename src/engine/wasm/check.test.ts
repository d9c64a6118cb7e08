import { expect, test } from 'vitest';
import { CHECK_ANSWERS, referenceResults } from './check.ts';

test("the answers that are written down are the reference's", async () => {
  const answers = (await referenceResults('infer')).get('output') as Float64Array;
  expect(answers).toHaveLength(CHECK_ANSWERS.length);
  for (const [i, answer] of answers.entries()) expect(CHECK_ANSWERS[i]).toBeCloseTo(answer, 6);
});
