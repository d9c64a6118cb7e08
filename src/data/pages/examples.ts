/**
 * What is learned from a page: crops that the reader's own finder makes of it, with the truth of each.
 *
 * The finder tries many ways to cut and join what it sees. Of all that show the same digit one or two are kept, by lot, and of
 * those that show none about as many as there are things on the page, so that pages with many strokes do not drown the
 * others.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import { type Harvested, harvest, type Piece } from '../../vision/harvest.ts';
import { READER_CLASSES } from '../dataset.ts';
import { type Content, isSteepStroke, whatIsIn } from './match.ts';
import type { Page } from './page.ts';

export interface Example {
  /** 28 × 28 bytes, 255 for ink. */
  image: Uint8Array;
  label: number;
}

const NONE = READER_CLASSES.length - 1;
/** How likely a second way to see the same digit is kept. */
const SECOND_VIEW = 0.4;
/** Crops that show no digit, kept for each thing on the page that is a digit, and for each that is none. */
const NONE_OF_DIGIT = 0.15;
const NONE_OF_OTHER = 1.2;
/** And of a page with nothing on it, or a picture of no page. */
const NONE_OF_NOTHING = 3;

/** The examples of a page, with lots drawn from `random`. */
export function examplesOf(page: Page, random: RandomStream): Example[] {
  const views = page.truth.map((): Harvested[] => []);
  const others: Harvested[] = [];
  const contents = new Map<Piece, Content>();
  for (const candidate of harvest(page.picture)) {
    const own = candidate.pieces.map((piece) => {
      const content = contents.get(piece) ?? contentOf(piece, page);
      contents.set(piece, content);
      return content;
    });
    const content = sumOf(own);
    const verdict = whatIsIn(content, page.truth);
    if (verdict === 'none') others.push(candidate);
    else if (verdict !== undefined) views[content.cores.indexOf(Math.max(...content.cores))].push(candidate);
  }
  const examples: Example[] = [];
  const take = (candidate: Harvested | undefined, label: number): boolean => {
    const image = candidate?.image();
    if (!image || (label === NONE && isSteepStroke(image))) return false;
    // Two ways to see a page may come to the same.
    if (examples.some((example) => isSame(example.image, image))) return false;
    examples.push({ image, label });
    return true;
  };
  for (const [item, candidates] of views.entries()) {
    if (candidates.length === 0) continue;
    take(drawn(candidates, random), page.truth[item].digit!);
    if (random.uniform() < SECOND_VIEW) take(drawn(candidates, random), page.truth[item].digit!);
  }
  let left = noneWanted(page, random);
  while (left > 0 && others.length > 0) if (take(drawn(others, random), NONE)) left--;
  return examples;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((value, i) => value === other[i]);
}

/** Takes one of a list, by lot, out of it. */
function drawn(candidates: Harvested[], random: RandomStream): Harvested | undefined {
  return candidates.length > 0 ? candidates.splice(random.below(candidates.length), 1)[0] : undefined;
}

function noneWanted({ truth }: Page, random: RandomStream): number {
  if (truth.length === 0) return NONE_OF_NOTHING;
  const digits = truth.filter(({ digit }) => digit !== undefined).length;
  const wanted = NONE_OF_DIGIT * digits + NONE_OF_OTHER * (truth.length - digits);
  return Math.floor(wanted + random.uniform());
}

/** Whose ink a piece has. */
function contentOf(piece: Piece, { picture, owners, truth }: Page): Content {
  const cores = truth.map(() => 0);
  let dirt = 0;
  let total = 0;
  piece.visit((x, y) => {
    const column = Math.min(picture.width - 1, Math.max(0, Math.floor(x)));
    const row = Math.min(picture.height - 1, Math.max(0, Math.floor(y)));
    const owner = owners[row * picture.width + column];
    if (owner > 0) cores[owner - 1]++;
    else if (owner === 0) dirt++;
    total++;
  });
  return { cores, dirt, total };
}

function sumOf(contents: readonly Content[]): Content {
  return contents.reduce((one, other) => ({
    cores: one.cores.map((count, i) => count + other.cores[i]),
    dirt: one.dirt + other.dirt,
    total: one.total + other.total,
  }));
}
