import { expect, test } from 'vitest';
import { scaleChannels } from './index.ts';
import { scaleChannelsBackward, scaleChannelsForward } from './reference.ts';

/** Two images of two pixels and two channels. */
const x = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const scale = Float64Array.of(1, 10, 100, 1000);

test('each channel of each image has its own factor', () => {
  const y = new Float64Array(8);
  scaleChannelsForward(x, scale, 2, 2, y);
  expect([...y]).toEqual([1, 20, 3, 40, 500, 6000, 700, 8000]);
});

test('gradients go to values and factors', () => {
  const [dx, dscale] = [new Float64Array(8), new Float64Array(4)];
  scaleChannelsBackward(Float64Array.of(1, 1, 1, 1, 0, 2, 1, 0), x, scale, 2, 2, dx, dscale);
  expect([...dx]).toEqual([1, 10, 1, 10, 0, 2000, 100, 0]);
  expect([...dscale]).toEqual([4, 6, 7, 12]);
});

test('shapes that do not fit are refused', () => {
  const fitting = [
    [2, 3, 3, 5],
    [2, 5],
  ];
  expect(scaleChannels.layout(fitting, {}).output).toEqual([2, 3, 3, 5]);
  expect(() =>
    scaleChannels.layout(
      [
        [2, 3, 3, 5],
        [2, 4],
      ],
      {},
    ),
  ).toThrow('its layers must make 5 numbers, one for each channel, not [4]');
  expect(() =>
    scaleChannels.layout(
      [
        [2, 5],
        [2, 5],
      ],
      {},
    ),
  ).toThrow('needs inputs of [height, width, channels], not [5]');
});
