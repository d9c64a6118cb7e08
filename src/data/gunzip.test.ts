import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { datasetFromFiles, gunzip } from './gunzip.ts';

const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 3);
const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 40);

test('a data set comes from two files, gzipped or not', async () => {
  const dataset = await datasetFromFiles(
    { images: { name: 'a', bytes: gzipSync(images) }, labels: { name: 'b', bytes: labels } },
    'mine',
  );
  expect(dataset).toMatchObject({ name: 'mine', shape: [1, 2, 1] });
  expect([...dataset.images]).toEqual([10, 20, 30, 40]);
  expect([...dataset.labels]).toEqual([7, 3]);
});

test('files that are damaged, or unpack to too much, are refused by name', async () => {
  const packed = gzipSync(new Uint8Array(100_000));
  await expect(gunzip(packed, 99_999, 'bomb.gz')).rejects.toThrow('bomb.gz is not usable: it holds more');
  await expect(gunzip(packed.subarray(0, 60), 1e6, 'cut.gz')).rejects.toThrow(
    'cut.gz is not usable: its gzip',
  );
  await expect(gunzip(labels, 3, 'plain')).rejects.toThrow('plain is not usable');
  expect(await gunzip(packed, 100_000, 'whole.gz')).toHaveLength(100_000);
});
