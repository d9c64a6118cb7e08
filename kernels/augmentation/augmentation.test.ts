import { describe, expect, test } from 'vitest';
import { controlPoints, drawField, drawPicture, splineWeights } from './draw.ts';
import { augmentation } from './index.ts';
import { augmentPictures } from './reference.ts';
import { type AugmentationSpec, parseAugmentation } from './spec.ts';

const plain = { mean: 0, deviation: 1 };
const POSITION = { seed: 1, step: 2 };

interface Trial {
  pictures: Uint8Array;
  shape: readonly [number, number, number];
  spec?: AugmentationSpec;
  indices?: number[];
  normalisation?: { mean: number; deviation: number };
  position?: typeof POSITION;
}

/** The values of all pictures of the batch. */
function augmented({
  pictures,
  shape,
  spec = {},
  indices = [0],
  normalisation = plain,
  position = POSITION,
}: Trial) {
  const [height, width, channels] = shape;
  const y = new Float64Array(indices.length * height * width * channels);
  augmentPictures(
    pictures,
    Int32Array.from(indices),
    y,
    [indices.length, ...shape],
    { augmentation: parseAugmentation({ ...spec }), normalisation },
    position,
  );
  return y;
}

const shape = [5, 4, 2] as const;
const pictures = Uint8Array.from({ length: 80 }, (_, i) => (i * 37) % 256);

/** A dot of ink in the middle of white paper. */
function dot(size: number): Uint8Array {
  const picture = new Uint8Array(size * size);
  picture[(size >> 1) * (size + 1)] = 255;
  return picture;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe('augmentPictures', () => {
  test('takes the pictures at the indices, normalised, and changes nothing that may not change', () => {
    const y = augmented({ pictures, shape, indices: [1, 0], normalisation: { mean: 0.5, deviation: 0.25 } });
    const expected = [...pictures.subarray(40), ...pictures.subarray(0, 40)].map(
      (byte) => (byte / 255 - 0.5) / 0.25,
    );
    y.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 12);
    });
  });

  const everything: AugmentationSpec = {
    ...{ rotation: 20, scale: 0.2, shear: 0.2, shift: 1, elastic: 2, thickness: 0.5 },
    ...{ contrast: 0.2, brightness: 0.1, noise: 0.1, cutOut: 2 },
    ...{ outline: 0.3, lines: 2, negative: 0.3 },
  };

  test('draws by seed, step and place in the batch alone', () => {
    const first = augmented({ pictures, shape, spec: everything, indices: [0, 0] });
    expect(augmented({ pictures, shape, spec: everything, indices: [0, 0] })).toEqual(first);
    expect(first.subarray(0, 40)).not.toEqual(first.subarray(40));
    for (const position of [
      { seed: 2, step: 2 },
      { seed: 1, step: 3 },
    ]) {
      expect(augmented({ pictures, shape, spec: everything, indices: [0, 0], position })).not.toEqual(first);
    }
  });

  test('what one key draws does not depend on the others', () => {
    const draw = (spec: AugmentationSpec) => drawPicture(parseAugmentation({ ...spec }), [9, 9], POSITION, 3);
    expect(draw({ ...everything, rotation: 0, noise: 0 })).toMatchObject({
      shiftX: draw(everything).shiftX,
      contrast: draw(everything).contrast,
      cut: draw(everything).cut,
    });
  });

  test('a shift moves ink without losing it, as long as it stays inside', () => {
    for (let step = 0; step < 20; step++) {
      const y = augmented({
        pictures: dot(9),
        shape: [9, 9, 1],
        spec: { shift: 3 },
        position: { seed: 5, step },
      });
      expect(sum(y)).toBeCloseTo(1, 10);
    }
  });

  test('what comes from outside the picture is paper', () => {
    const y = augmented({
      ...{ pictures: new Uint8Array(9).fill(255), shape: [3, 3, 1], spec: { shift: 900 } },
      normalisation: { mean: 0.5, deviation: 0.5 },
    });
    expect([...y]).toEqual(new Array(9).fill(-1));
  });

  test('strokes grow to a cross and shrink to nothing, by the share that is drawn', () => {
    const drawn = new Set<boolean>();
    for (let step = 0; step < 20; step++) {
      const position = { seed: 5, step };
      const spec = { thickness: 1 };
      const { thickness } = drawPicture(parseAugmentation(spec), [5, 5], position, 0);
      const y = augmented({ pictures: dot(5), shape: [5, 5, 1], spec, position });
      drawn.add(thickness > 0);
      const [centre, beside] = thickness > 0 ? [1, thickness] : [1 + thickness, 0];
      expect(y[12]).toBeCloseTo(centre, 12);
      for (const neighbour of [7, 11, 13, 17]) expect(y[neighbour]).toBeCloseTo(beside, 12);
      expect(sum(y)).toBeCloseTo(centre + 4 * beside, 10);
    }
    expect(drawn.size).toBe(2);
  });

  test('contrast and brightness keep the order of values between paper and ink', () => {
    const grey = Uint8Array.from({ length: 16 }, (_, i) => i * 17);
    for (let step = 0; step < 20; step++) {
      const spec = { contrast: 0.5, brightness: 0.3 };
      const y = augmented({ pictures: grey, shape: [4, 4, 1], spec, position: { seed: 1, step } });
      expect([...y]).toEqual([...y].sort((a, b) => a - b));
      expect(y[0]).toBeGreaterThanOrEqual(0);
      expect(y[15]).toBeLessThanOrEqual(1);
    }
  });

  test('noise has the deviation that is drawn, about the value that was there', () => {
    const spec = { noise: 0.1 };
    const { noise } = drawPicture(parseAugmentation(spec), [60, 60], POSITION, 0);
    const y = augmented({ pictures: new Uint8Array(3600).fill(127), shape: [60, 60, 1], spec });
    const mean = sum(y) / 3600;
    const deviation = Math.sqrt(sum(y.map((value) => (value - mean) ** 2)) / 3600);
    expect(Math.abs(mean - 127 / 255)).toBeLessThan((5 * noise) / 60);
    expect(deviation / noise).toBeCloseTo(1, 1);
  });

  test('cut-out wipes a square, at most of the side that is asked for', () => {
    const sides = new Set<number>();
    for (let step = 0; step < 40; step++) {
      const spec = { cutOut: 3 };
      const y = augmented({
        pictures: new Uint8Array(400).fill(255),
        shape: [20, 20, 1],
        spec,
        position: { seed: 1, step },
      });
      const { cut } = drawPicture(parseAugmentation(spec), [20, 20], { seed: 1, step }, 0);
      const rows = Math.min(20, cut.bottom) - Math.max(0, cut.top);
      const columns = Math.min(20, cut.right) - Math.max(0, cut.left);
      expect(400 - sum(y)).toBeCloseTo(rows * columns, 10);
      sides.add(cut.bottom - cut.top);
    }
    expect([...sides].sort()).toEqual([0, 1, 2, 3]);
  });

  test('an outline is what is left between the strokes grown and shrunk', () => {
    const block = new Uint8Array(49);
    for (const row of [2, 3, 4]) block.fill(255, row * 7 + 2, row * 7 + 5);
    const y = augmented({ pictures: block, shape: [7, 7, 1], spec: { outline: 1, thickness: 0.5 } });
    const rows = Array.from({ length: 7 }, (_, row) => [...y.subarray(7 * row, 7 * row + 7)].join(''));
    expect(rows).toEqual(['0000000', '0011100', '0111110', '0110110', '0111110', '0011100', '0000000']);
  });

  test('lines are drawn as many as may be, as thick as is drawn, and leave the rest alone', () => {
    const counts = new Set<number>();
    for (let step = 0; step < 40; step++) {
      const position = { seed: 1, step };
      const { lines } = drawPicture(parseAugmentation({ lines: 3 }), [40, 40], position, 0);
      const y = augmented({
        pictures: new Uint8Array(1600),
        shape: [40, 40, 1],
        spec: { lines: 3 },
        position,
      });
      counts.add(lines.length);
      const longest = lines.reduce(
        (most, { alongX, alongY }) => Math.max(most, Math.hypot(alongX, alongY)),
        0,
      );
      const area = lines.reduce(
        (total, { alongX, alongY, radius }) =>
          total + 2 * radius * Math.hypot(alongX, alongY) + Math.PI * (radius + 0.5) ** 2,
        0,
      );
      expect(sum(y)).toBeLessThanOrEqual(1.3 * area);
      expect(sum(y)).toBeGreaterThanOrEqual(0.4 * longest);
    }
    expect([...counts].sort()).toEqual([0, 1, 2, 3]);
  });

  test('a rectangle, or all but that, is shown in negative, in the share of pictures that is asked for', () => {
    let around = 0;
    let within = 0;
    for (let step = 0; step < 200; step++) {
      const spec = { negative: 0.5 };
      const position = { seed: 1, step };
      const { negative } = drawPicture(parseAugmentation(spec), [8, 8], position, 0);
      const y = augmented({ pictures: new Uint8Array(64), shape: [8, 8, 1], spec, position });
      const area = (negative.bottom - negative.top) * (negative.right - negative.left);
      expect(sum(y)).toBe(negative.isAround ? 64 - area : area);
      if (negative.isAround) around++;
      else if (area > 0) within++;
    }
    expect(around).toBeGreaterThan(25);
    expect(within).toBeGreaterThan(25);
    expect(around + within).toBeLessThan(120);
  });

  test('spoils a share of the pictures and only moves the rest', () => {
    const spec = {
      contrast: 0.5,
      brightness: 0.5,
      noise: 0.5,
      lines: 2,
      outline: 0.5,
      negative: 0.5,
      spoiled: 0.25,
    };
    let spoiled = 0;
    for (let step = 0; step < 200; step++) {
      const y = augmented({ pictures: dot(5), shape: [5, 5, 1], spec, position: { seed: 1, step } });
      if (y.some((value, i) => value !== (i === 12 ? 1 : 0))) spoiled++;
    }
    expect(spoiled).toBeGreaterThan(25);
    expect(spoiled).toBeLessThan(80);
  });
});

describe('the elastic field', () => {
  test('is smooth, and nowhere stronger than is asked for', () => {
    const spec = parseAugmentation({ elastic: 2, elasticSpacing: 5 });
    let strongest = 0;
    for (let slot = 0; slot < 20; slot++) {
      const field = drawField(spec, [28, 28], POSITION, slot);
      for (let i = 0; i < field.length; i++) {
        strongest = Math.max(strongest, Math.abs(field[i]));
        // A cubic B-spline of values of ±2 has no slope beyond 2 · 2 / 5.
        if (i % 56 >= 2) expect(Math.abs(field[i] - field[i - 2])).toBeLessThan(0.81);
        if (i >= 56) expect(Math.abs(field[i] - field[i - 56])).toBeLessThan(0.81);
      }
    }
    expect(strongest).toBeLessThan(2);
    expect(strongest).toBeGreaterThan(0.7);
  });

  test('its weights sum to 1 and join smoothly', () => {
    for (const t of [0, 0.3, 0.99]) {
      expect(splineWeights(t).reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 12);
    }
    const [, ...end] = splineWeights(1);
    splineWeights(0)
      .slice(0, 3)
      .forEach((weight, i) => {
        expect(weight).toBeCloseTo(end[i], 12);
      });
  });

  test('has a point on either side of a picture and one beyond', () => {
    expect(controlPoints(28, 7)).toBe(7);
    expect(controlPoints(29, 7)).toBe(8);
    expect(controlPoints(1, 7)).toBe(4);
  });
});

test.each([[{ mean: Number.NaN, deviation: 1 }], [{ mean: 0, deviation: 0 }]])(
  'refuses to normalise by %j',
  (normalisation) => {
    expect(() => augmentation.parse({ normalisation })).toThrow('needs a mean and a deviation above 0');
  },
);
