/** The evaluation set is what it says, and the reader holds its floors on a small part of it. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { readModel } from '../src/cli/models.ts';
import { Classifier } from '../src/training/classifier.ts';
import { Reader } from '../src/vision/reader.ts';
import { FLOORS, LARGEST_LOSS } from './pictures/floors.ts';
import { FONTS, fontGlyph } from './pictures/fonts.ts';
import { Lot } from './pictures/lot.ts';
import { emptyMask, placed } from './pictures/mask.ts';
import { scoreForms } from './pictures/mnistForms.ts';
import { Report } from './pictures/report.ts';
import { CATEGORIES, type Category, digitsFor, makeSample } from './pictures/set.ts';
import { editDistance, Tally } from './pictures/tally.ts';
import { needs } from './requirements.ts';

const root = join(import.meta.dirname, '..');
const SAMPLE = 8;
const FORMS_SAMPLE = 50;
/** Rows take longer to read. */
const ROWS_SAMPLE = 4;
const PATIENCE = 120_000;

const MNIST = 'MNIST (set INKLING_DATA to a folder with its four files)';
const mnistFolder = process.env.INKLING_DATA || join(root, 'data/mnist');
const hasMnist = globSync('t10k-images-idx3-ubyte*', { cwd: mnistFolder }).length > 0;

describe('the set', () => {
  it.each(CATEGORIES)(
    'draws the same %s from the same seed, and another from the next',
    async (category) => {
      const digest = async (number: number) => {
        const { picture, text } = await makeSample(category, number, 'development');
        return createHash('sha256').update(`${picture.width} ${text}`).update(picture.data).digest('hex');
      };
      const first = await digest(3);
      expect(await digest(3)).toBe(first);
      expect(await digest(4)).not.toBe(first);
    },
    PATIENCE,
  );

  it('keeps every digit of a drawing in its box', async () => {
    for (let number = 0; number < 30; number++) {
      const { picture, boxes, kind, text } = await makeSample('canvas', number, 'report');
      if (kind.includes('framed')) continue;
      expect(boxes).toHaveLength(text.length);
      const { width, height, channels, data } = picture;
      const [x, y, w, h] = boxes[0];
      const paperAt = (at: number) => data.subarray(at * channels, (at + 1) * channels);
      const isInk = (at: number) =>
        channels === 4
          ? data[4 * at + 3] > 100
          : paperAt(at).some((value, c) => Math.abs(value - data[c]) > 100);
      let [left, top, right, bottom] = [width, height, 0, 0];
      for (let at = 0; at < width * height; at++) {
        if (!isInk(at)) continue;
        left = Math.min(left, at % width);
        right = Math.max(right, (at % width) + 1);
        top = Math.min(top, Math.floor(at / width));
        bottom = Math.max(bottom, Math.floor(at / width) + 1);
      }
      // A brush's strokes end thinner than they are in the middle.
      const slack = 3 + 0.1 * h;
      for (const [found, told] of [
        [left, x],
        [top, y],
        [right, x + w],
        [bottom, y + h],
      ]) {
        expect(Math.abs(found - told), `${number}: ${kind}`).toBeLessThan(slack);
      }
    }
  });

  it(
    'keeps boxes in the picture, one for each digit, in reading order',
    async () => {
      for (const category of ['photo', 'photo-far', 'rows', 'pages'] as const) {
        for (let number = 0; number < 3; number++) {
          const { picture, boxes, text } = await makeSample(category, number, 'report');
          expect(text).toMatch(/^\d+(\n\d+)*$/);
          expect(boxes).toHaveLength(text.replaceAll('\n', '').length);
          for (const [x, y, w, h] of boxes) {
            expect(Math.min(x, y, w, h)).toBeGreaterThan(0);
            expect(x + w).toBeLessThan(picture.width);
            expect(y + h).toBeLessThan(picture.height);
          }
          let at = 0;
          for (const line of text.split('\n')) {
            const centres = boxes.slice(at, at + line.length).map(([x, , w]) => x + w / 2);
            expect(centres).toEqual(centres.toSorted((a, b) => a - b));
            at += line.length;
          }
        }
      }
    },
    PATIENCE,
  );

  it('has fonts for each split, each with ten digits of some width', () => {
    expect(FONTS.report.filter((font) => (FONTS.development as readonly string[]).includes(font))).toEqual(
      [],
    );
    for (const font of [...FONTS.development, ...FONTS.report]) {
      for (let digit = 0; digit < 10; digit++) {
        const glyph = fontGlyph(font, `${digit}`, new Lot(1, digit));
        expect(glyph.text).toBe(`${digit}`);
        expect(glyph.width, `${digit} of ${font}`).toBeGreaterThan(0.04);
        expect(glyph.width, `${digit} of ${font}`).toBeLessThan(1.6);
        expect(glyph.stroke, `${digit} of ${font}`).toBeGreaterThan(0.03);
        expect(glyph.stroke, `${digit} of ${font}`).toBeLessThan(0.35);
      }
    }
  });

  it("draws fonts' digits with a marker: as high, and as much wider all around as it is", () => {
    const [thin, fat] = [0, 0.2].map((wider) => {
      const glyph = fontGlyph('handlee', '1', new Lot(1, 1), wider);
      const mask = emptyMask(200, 120);
      glyph.stamp(mask, placed(100, 0, 50, 10));
      const rows = Array.from({ length: 120 }, (_, y) => mask.values.subarray(200 * y, 200 * (y + 1)));
      const inked = rows.filter((row) => row.some((value) => value > 0.5)).length;
      return { glyph, inked, ink: mask.values.reduce((sum, value) => sum + value, 0) };
    });
    expect(thin.inked).toBeCloseTo(100, -0.5);
    expect(fat.inked).toBeCloseTo(100, -0.5);
    expect(fat.glyph.stroke - thin.glyph.stroke).toBeGreaterThan(0.17);
    expect(fat.ink).toBeGreaterThan(2 * thin.ink);
  });

  it('shares no code with what draws training pictures', () => {
    const files = new Set(['test/pictures/set.ts']);
    for (const file of files) {
      const imports = readFileSync(join(root, file), 'utf8').matchAll(/from '(\.[^']+)'/g);
      for (const [, name] of imports) {
        const path = relative(root, join(root, dirname(file), name));
        if (existsSync(join(root, path))) files.add(path);
      }
    }
    expect(files).toContain('test/pictures/kinds/photo.ts');
    expect(files).toContain('src/data/mnist.ts');
    expect([...files].filter((file) => /^src\/data\/(pages|synthetic)\//.test(file))).toEqual([]);
  });
});

describe('counting', () => {
  it('measures the distance of two texts', () => {
    expect(editDistance('', '123')).toBe(3);
    expect(editDistance('1723', '123')).toBe(1);
    expect(editDistance('321', '123')).toBe(2);
    expect(editDistance('77', '77')).toBe(0);
  });

  it('counts digits and whole rows, and a rejection as nothing read', () => {
    const tally = new Tally();
    tally.add('123', { text: '123', isRejected: false });
    tally.add('123', { text: '12', isRejected: false });
    tally.add('12', { text: '12', isRejected: true });
    tally.add('1\n2', { text: '12', isRejected: false });
    expect(tally.summary).toMatchObject({ pictures: 4, digitsRight: 0.7, wholeRight: 0.25, rejected: 0.25 });
  });

  it('takes a rejection for the right answer where there is nothing to read', () => {
    const report = new Report();
    const blank = { category: 'nothing', hand: 'own', kind: 'doodle', text: '' } as const;
    expect(report.add(blank, { text: '8', isRejected: true })).toBe(true);
    expect(report.add(blank, { text: '8', isRejected: false })).toBe(false);
    expect(report.json.nonDigitsAccepted).toEqual({ doodle: { wrong: 1, all: 2 } });
  });
});

describe('the reader', () => {
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await Classifier.create((await readModel(undefined, 'reader')).network, { batch: 16 });
  });
  afterAll(() => classifier.dispose());

  async function share(category: Category, digits?: Awaited<ReturnType<typeof digitsFor>>): Promise<number> {
    const reader = new Reader(classifier);
    const report = new Report();
    const count = category.includes('rows') ? ROWS_SAMPLE : SAMPLE;
    for (let number = 0; number < count; number++) {
      const sample = await makeSample(category, number, 'development', digits);
      const { text, rejected } = await reader.read(sample.picture);
      report.add({ ...sample, category }, { text, isRejected: rejected !== false });
    }
    const summary = report.summaries.get(category)!;
    return summary.digitsRight ?? summary.wholeRight;
  }

  for (const [category, floor] of Object.entries(FLOORS) as [Category, number][]) {
    const isOfFonts = category.startsWith('fonts-');
    test(
      `reads ${isOfFonts ? "fonts' hands" : 'our own hand'}: ${category}`,
      async () => {
        expect(await share(category)).toBeGreaterThanOrEqual(floor);
      },
      PATIENCE,
    );
    if (isOfFonts) continue;

    needs(hasMnist, MNIST)(
      `reads MNIST's hands: ${category}`,
      async () => {
        expect(await share(category, await digitsFor('development'))).toBeGreaterThanOrEqual(floor);
      },
      PATIENCE,
    );
  }

  needs(hasMnist, MNIST)(
    'loses little of MNIST where its pictures are padded or magnified',
    async () => {
      const scores = await scoreForms(classifier, await digitsFor('development'), FORMS_SAMPLE);
      for (const { form, right, of } of scores.filter(({ form }) => form in LARGEST_LOSS)) {
        const loss = (100 * (scores[0].right - right)) / of;
        // Of so few pictures, one more or less is two points.
        expect(loss, form).toBeLessThanOrEqual(LARGEST_LOSS[form] + 100 / of);
      }
      expect(scores.map(({ form }) => form)).toEqual(expect.arrayContaining(Object.keys(LARGEST_LOSS)));
    },
    PATIENCE,
  );
});
