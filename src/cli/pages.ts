/**
 * Pages as a data set: what the finder of digits hands over from pages that were made of other digits.
 *
 * Pages are made when it is known which digits are held out for validation: those for training of digits to train on, those
 * for validation of digits held out, and those to test on of digits of a test set. So no digit is on both sides.
 * There are as many pictures from pages as there are digits.
 */
import { type Dataset, joinDatasets, pageDigits } from '../index.ts';
import { duration } from './format.ts';
import { barLine, throttled } from './progress.ts';
import { drawLiveLine, liveLineWidth, wipeLiveLine } from './terminal.ts';

/** What pages are to a data set: there beside the digits they are made of, or instead of them. */
export type PagesPlace = 'beside' | 'instead';

/** Where pages are for. The numbers are seeds, so that no two have a doodle in common. */
export const PAGES_FOR = { training: 1, validation: 2 ** 40, test: 2 ** 41 } as const;

export interface PagesOptions {
  /** How many pictures from pages; as many as there are digits unless told. */
  count?: number;
}

/** Digits and what pages of them give, or the latter alone. Without a place for pages, the digits as they are. */
export function withPages(
  digits: Dataset,
  place: PagesPlace | undefined,
  purpose: keyof typeof PAGES_FOR,
  { count = digits.labels.length }: PagesOptions = {},
): Dataset {
  if (!place) return digits;
  const pages = pageDigits({
    ...{ digits, count, seed: PAGES_FOR[purpose], name: 'pages' },
    onProgress: pagesProgress(purpose),
  });
  return place === 'instead' ? pages : joinDatasets([digits, pages], `${digits.name}+pages`);
}

function pagesProgress(purpose: string): (share: number) => void {
  const start = performance.now();
  const draw = throttled((share: number) => {
    const seconds = (performance.now() - start) / 1000;
    const facts = [`${duration((seconds * (1 - share)) / share)} left`];
    drawLiveLine(barLine(`Pages for ${purpose}`, share, facts, liveLineWidth()));
  });
  return (share) => {
    if (share < 1) draw(share);
    else wipeLiveLine();
  };
}
