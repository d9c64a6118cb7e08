/** Long work in small portions, so that a person who draws on meanwhile is answered in between. */
import type { DigitClassifier } from '../../../src/browser.ts';

const PORTION = 8;

/** Lets messages have their turn after every few pictures. */
export function inPortions(classifier: DigitClassifier): DigitClassifier {
  return {
    async classify(pictures) {
      const answers: number[][] = [];
      for (let first = 0; first < pictures.length; first += PORTION) {
        if (first > 0) await aTurnForOthers();
        answers.push(...(await classifier.classify(pictures.slice(first, first + PORTION))));
      }
      return answers;
    },
  };
}

export function aTurnForOthers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
