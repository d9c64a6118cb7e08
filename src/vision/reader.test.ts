/** What the reader asks of a network, and what it makes of the answers. */
import { describe, expect, it } from 'vitest';
import { markOf } from './form.ts';
import { toGrey } from './grey.ts';
import type { Picture } from './picture.ts';
import { type DigitClassifier, Reader } from './reader.ts';
import { colourPicture, digitAt, greyPicture, inkOf, type Stroke } from './testing/draw.ts';
import { variantsOf } from './variants.ts';

/** Knows a 1 by its narrow box, a 7 by its bar at the top, and else sees a 4; `sure` of all it says. */
class Narrow implements DigitClassifier {
  questions: number[] = [];
  readonly #sure: number;
  readonly #notDigit: number;

  constructor(sure = 0.999, notDigit = 0.001) {
    this.#sure = sure;
    this.#notDigit = notDigit;
  }

  async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    this.questions.push(pictures.length);
    return pictures.map((image) => {
      const inkInRow = new Array(28).fill(0);
      const inkInColumn = new Array(28).fill(0);
      image.forEach((value, i) => {
        if (value < 77) return;
        inkInRow[Math.floor(i / 28)]++;
        inkInColumn[i % 28]++;
      });
      const isNarrow = inkInColumn.filter((ink) => ink > 0).length < 8;
      const digit = isNarrow ? 1 : inkInRow.indexOf(Math.max(...inkInRow)) < 12 ? 7 : 4;
      const answer = new Array(11).fill(((1 - this.#sure) * (1 - this.#notDigit)) / 9);
      answer[digit] = this.#sure * (1 - this.#notDigit);
      answer[10] = this.#notDigit;
      return answer;
    });
  }
}

/** As `Narrow`, but what is as wide as two digits is a 4 at the first look, and no digit at the next. */
class Doubtful extends Narrow {
  #looks = 0;

  override async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    const answers = await super.classify(pictures);
    return answers.map((answer, i) => {
      const columns = new Set(
        [...pictures[i].keys()].filter((at) => pictures[i][at] > 76).map((at) => at % 28),
      );
      if (columns.size < 15) return answer;
      const notDigit = this.#looks++ === 0 ? 0.05 : 0.9;
      return answer.map((_, digit) => (digit === 4 ? 1 - notDigit : digit === 10 ? notDigit : 0));
    });
  }
}

/** Takes for a 4 what looks much like a picture of one, and everything else for no digit. */
class OnlyLike implements DigitClassifier {
  readonly #image: Uint8Array;

  constructor(image: Uint8Array) {
    this.#image = image;
  }

  async classify(pictures: readonly Uint8Array[]): Promise<number[][]> {
    return pictures.map((picture) => {
      const off = picture.reduce((sum, value, i) => sum + Math.abs(value - this.#image[i]), 0);
      const isLike = off < 0.35 * this.#image.reduce((sum, value) => sum + value, 0);
      return Array.from({ length: 11 }, (_, i) => (i === (isLike ? 4 : 10) ? 0.99 : 0.001));
    });
  }
}

const row = [...digitAt(1, 10, 25, 60), ...digitAt(7, 60, 25, 60), ...digitAt(4, 125, 25, 60)];
const picture = greyPicture(inkOf(190, 110, row, 6));

/** Rows of letters, each a zigzag that could be cut in many ways. */
function textOf(rows: number, columns: number): Picture {
  const [across, down] = [50, 60];
  const zigzag = [0, 1, 2, 3, 4].map((k) => [7 + 9 * k, 14 + (k % 2) * 32] as const);
  const letter = greyPicture(inkOf(across, down, [zigzag], 4));
  const [width, height] = [across * columns, down * rows];
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return letter.data[(y % down) * across + (x % across)];
  });
  return { width, height, channels: 1, data };
}

describe('Reader', () => {
  it('asks once of each component where the network has no doubt', async () => {
    const network = new Narrow();
    const { text, digits, rejected } = await new Reader(network).read(picture);
    expect({ text, rejected }).toEqual({ text: '174', rejected: false });
    expect(network.questions).toEqual([3]);
    for (const { probabilities, confidence, digit, notDigit, image } of digits) {
      expect(probabilities).toHaveLength(10);
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      expect(probabilities[digit]).toBe(confidence);
      expect(notDigit).toBeCloseTo(0.001, 9);
      expect(image).toHaveLength(784);
    }
    const lefts = digits.map(({ box }) => box[0]);
    expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
  });

  it('asks of a page of text no more than whether it is one', async () => {
    const network = new Narrow(0.999, 0.95);
    const { rejected, digits } = await new Reader(network).read(textOf(8, 13));
    expect({ rejected, digits }).toEqual({
      rejected: 'Most of what is in the picture does not look like digits.',
      digits: [],
    });
    const asked = network.questions.reduce((sum, count) => sum + count, 0);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(300);
  });

  it('takes no plate for a 0', async () => {
    const ring = inkOf(160, 160, digitAt(0, 50, 30, 100), 8);
    const [plate, cleared] = [true, false].map((isFilled): Picture => {
      const isPlate = (x: number, y: number) => isFilled && ((x - 80) / 30) ** 2 + ((y - 80) / 50) ** 2 < 1;
      const paper = (at: number) =>
        isPlate(at % 160, Math.floor(at / 160)) ? [200, 90, 70] : [255, 250, 245];
      const data = Uint8Array.from({ length: 160 * 160 * 3 }, (_, i) => {
        const at = Math.floor(i / 3);
        return Math.round((1 - ring.data[at]) * paper(at)[i % 3] + 20 * ring.data[at]);
      });
      return { width: 160, height: 160, channels: 3, data };
    });
    const reader = new Reader(new OnlyLike((await new Reader(new Narrow()).read(cleared)).digits[0].image));
    expect((await reader.read(cleared)).rejected).toBe(false);
    expect((await reader.read(plate)).rejected).toMatch(
      /^What looks like a \d has something else than paper inside/,
    );
  });

  it('reads ink of another colour across the edge of a hard shadow', async () => {
    const [width, height] = [240, 240];
    const ink = inkOf(width, height, digitAt(4, 80, 60, 110), 14);
    const lit = colourPicture(ink, [190, 140, 90], [110, 110, 200]);
    const isShadow = (x: number, y: number) => (x - 60) ** 2 + (y - 130) ** 2 < 70 ** 2 || y > 150 + 0.3 * x;
    const shadowed = lit.data.map((value, i) => {
      const pixel = Math.floor(i / 3);
      return isShadow(pixel % width, Math.floor(pixel / width)) ? Math.round(0.4 * value) : value;
    });
    const picture = { ...lit, data: Uint8Array.from(shadowed) };
    const { digits } = await new Reader(new Narrow()).read(lit);
    const reader = new Reader(new OnlyLike(digits[0].image));
    expect(await reader.read(lit)).toMatchObject({ text: '4', rejected: false });
    expect(await reader.read(picture)).toMatchObject({ text: '4', rejected: false });
    const grey = picture.data.map((_, i) => picture.data[i - (i % 3) + 1]);
    expect((await reader.read({ ...picture, data: grey })).rejected, 'by brightness alone').not.toBe(false);
  });

  it('reads what is on a card that lies on a desk', async () => {
    const [width, height] = [400, 300];
    const ink = inkOf(width, height, digitAt(4, 205, 120, 50), 5);
    const written = (isPaper: (x: number, y: number) => boolean) => ({
      ...{ width, height, channels: 1 as const },
      data: Uint8Array.from(ink.data, (amount, i) =>
        isPaper(i % width, Math.floor(i / width)) ? 210 - 90 * amount : 40 + ((7 * i) % 11),
      ),
    });
    const paper = written(() => true);
    const plain = await new Reader(new Narrow()).read(paper);
    const reader = new Reader(new OnlyLike(plain.digits[0].image));
    expect(await reader.read(paper)).toMatchObject({ text: '4', rejected: false });
    const card = written((x, y) => x >= 160 && x < 280 && y >= 90 && y < 200);
    const { text, digits } = await reader.read(card);
    expect(text).toBe('4');
    digits[0].box.forEach((side, i) => {
      expect(Math.abs(side - plain.digits[0].box[i])).toBeLessThan(4);
    });
  });

  it('reads ink as dark as the shadow that crosses it', async () => {
    const [width, height] = [300, 240];
    const ink = inkOf(width, height, digitAt(4, 120, 90, 60), 6);
    const written = (lightAt: (x: number, y: number) => number): Picture => ({
      ...{ width, height, channels: 1 },
      data: Uint8Array.from(ink.data, (amount, i) => {
        const light = lightAt(i % width, Math.floor(i / width));
        return light * 210 * (1 - 0.5 * amount) + ((7 * i) % 5);
      }),
    });
    const paper = written(() => 1);
    const plain = await new Reader(new Narrow()).read(paper);
    const reader = new Reader(new OnlyLike(plain.digits[0].image));
    expect(await reader.read(paper)).toMatchObject({ text: '4', rejected: false });
    const shadowed = written((x, y) => (x - 140 > 0.8 * (y - 120) ? 0.4 : 1));
    expect(await reader.read(shadowed)).toMatchObject({ text: '4', rejected: false });
  });

  it('reads no rim of a sheet beside a row as one of its digits, and shows no sections', async () => {
    const [width, height] = [260, 160];
    const ink = inkOf(width, height, [...digitAt(4, 60, 60, 50), ...digitAt(7, 120, 60, 50)], 5);
    const data = Uint8Array.from(ink.data, (amount, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      // A sheet that is bent up at its end, so that it throws a shadow there, on a board that is not much darker.
      const isRim = x >= 196 && x < 202 && y > 50 && y < 120;
      const ground = x < 196 ? 220 : 150;
      return (isRim ? 60 : ground) * (1 - 0.8 * amount);
    });
    const { text, digits } = await new Reader(new Narrow()).read({ width, height, channels: 1, data });
    expect(text).toBe('47');
    expect(digits.map((digit) => Object.keys(digit))).toEqual(
      digits.map(() => ['digit', 'confidence', 'probabilities', 'notDigit', 'box', 'image']),
    );
  });

  it('reads several lines from the top, joined by a line feed', async () => {
    const two = [...row, ...digitAt(4, 20, 130, 60), ...digitAt(1, 70, 130, 60)];
    const { text } = await new Reader(new Narrow()).read(greyPicture(inkOf(190, 215, two, 6)));
    expect(text).toBe('174\n41');
  });

  it('takes for one what is broken into one over another, though each is as sure as the whole', async () => {
    const upper = [[60, 20] as const, [60, 56] as const];
    const lower = [[60, 69] as const, [60, 105] as const];
    const { text } = await new Reader(new Narrow()).read(greyPicture(inkOf(120, 125, [upper, lower], 8)));
    expect(text).toBe('1');
  });

  it.each([1, 2, 3])('does not take a 7 for a 1 whose bar is %i pixels away from its stem', async (gap) => {
    const pen = 4;
    const under = 16 + pen + gap;
    const bar = [[22, 14] as const, [40, 16] as const];
    const stem = [[39, under] as const, [39, under + 9] as const];
    const onPaper = greyPicture(inkOf(64, 64, [bar, stem], pen));
    expect((await new Reader(new Narrow()).read(onPaper)).text).toBe('7');
    // On paper of many shades it is no mark, and has to be found.
    const inLight = onPaper.data.map((value, i) => value * (1 - 0.003 * (i % 64)));
    expect((await new Reader(new Narrow()).read({ ...onPaper, data: inLight })).text).toBe('7');
  });

  it('takes a mark in pieces for what it surely is rather than for what one of them is', async () => {
    const stem = [[100, 20] as const, [100, 100] as const];
    const bar = [[58, 24] as const, [80, 24] as const];
    const onPaper = greyPicture(inkOf(140, 120, [bar, stem], 8));
    expect(markOf(toGrey(onPaper))!.isOnePiece).toBe(false);
    expect((await new Reader(new Narrow()).read(onPaper)).text).toBe('7');
    // A stroke beside something on paper of many shades stays one.
    const inLight = onPaper.data.map((value, i) => value * (1 - 0.001 * (i % 140)));
    expect((await new Reader(new Narrow()).read({ ...onPaper, data: inLight })).text).toBe('1');
  });

  it('reads digits that touch where what they make together is turned away, but no letter', async () => {
    const textOf = async (pair: readonly Stroke[]) => {
      const { data, ...size } = greyPicture(inkOf(130, 100, pair, 6));
      // On paper of one shade it would be a mark.
      const inLight = data.map((value, i) => value * (1 - 0.001 * (i % 130)));
      return (await new Reader(new Doubtful(0.97)).read({ ...size, data: inLight })).text;
    };
    const [four, seven] = [digitAt(4, 30, 20, 60), digitAt(7, 53, 20, 60)];
    expect(await textOf([...four, ...digitAt(1, 52, 20, 60)])).toBe('41');
    expect(await textOf([...digitAt(1, 30, 20, 60), ...seven])).toBe('');
  });

  it('asks of more ways to cut and join where there is doubt', async () => {
    const network = new Narrow(0.9);
    const { text } = await new Reader(network).read(picture);
    expect(text).toBe('174');
    // Of the whole components, of all other ways to see them, and of variants of the three digits chosen.
    expect(network.questions).toEqual([3, expect.any(Number), 3 * variantsOf(new Uint8Array(784)).length]);
    expect(network.questions[1]).toBeGreaterThan(3);
  });

  it('takes what is one mark on clean paper for one digit where finding it leaves a doubt', async () => {
    const ink = inkOf(90, 90, digitAt(4, 25, 15, 60), 20);
    const mark = markOf(toGrey(greyPicture(ink)))!;
    const reader = new Reader(new OnlyLike(mark.image));
    expect(await reader.read(greyPicture(ink))).toMatchObject({
      ...{ text: '4', rejected: false, digits: [{ box: mark.box }] },
    });
    const doubtful = await new Reader(new Narrow(0.9, 0.6)).read(greyPicture(ink));
    expect(doubtful).toMatchObject({ text: '', rejected: expect.any(String) });
  });

  it('takes a mark that was turned away for a digit sooner than for a 1, as a stroke is much else', async () => {
    const textOf = async (digit: 1 | 4) => {
      const ink = inkOf(90, 90, digitAt(digit, 25, 15, 60), 10);
      return (await new Reader(new Narrow(0.999, 0.4)).read(greyPicture(ink))).text;
    };
    expect([await textOf(4), await textOf(1)]).toEqual(['4', '']);
  });

  it('reads what a pen as thin as a pixel draws on a large picture', async () => {
    const ink = inkOf(900, 900, [...digitAt(4, 150, 50, 800)], 1);
    expect(await new Reader(new Narrow()).read(greyPicture(ink))).toMatchObject({
      ...{ text: '4', rejected: false },
    });
  });

  it('takes answers of ten classes, which know nothing of what is no digit', async () => {
    const network = new Narrow(0.99, 0);
    const ten: DigitClassifier = {
      classify: async (pictures) => (await network.classify(pictures)).map((answer) => answer.slice(0, 10)),
    };
    const { text, digits } = await new Reader(ten).read(picture);
    expect(text).toBe('174');
    expect(digits.map(({ notDigit }) => notDigit)).toEqual([0, 0, 0]);
  });

  it('turns away a blank picture without a question, and what the network says is no digit', async () => {
    const network = new Narrow();
    const blank: Picture = { width: 50, height: 40, channels: 1, data: new Uint8Array(2000).fill(200) };
    const reading = await new Reader(network).read(blank);
    expect(reading).toMatchObject({ text: '', digits: [] });
    expect(reading.rejected).toMatch(/blank/);
    expect(network.questions).toEqual([]);
    const { text, rejected } = await new Reader(new Narrow(0.9, 0.95)).read(picture);
    expect(text).toBe('');
    expect(rejected).toMatch(/digit/);
  });
});
