/**
 * Progress of training and of downloads: on a terminal a bar that is redrawn at most ten times a second, elsewhere
 * a plain line now and then.
 */
import { basename } from 'node:path';
import type { EpochRecord, fetchMnist, StepReport } from '../index.ts';
import { byteSize, count, duration, percent } from './format.ts';
import {
  canShowLiveLine,
  drawLiveLine,
  harmless,
  liveLineWidth,
  note,
  paint,
  visibleWidth,
} from './terminal.ts';

type MnistProgress = Parameters<NonNullable<NonNullable<Parameters<typeof fetchMnist>[0]>['onProgress']>>[0];

const REDRAW_MILLISECONDS = 100;
const WIDEST_BAR = 30;
const NARROWEST_BAR = 8;
const FEWEST_TO_SHOW = 10;
const WIDEST_NAME = 24;

/** A function that calls `draw` at most every tenth of a second. */
export function throttled<Value>(draw: (value: Value) => void): (value: Value) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (value) => {
    if (!canShowLiveLine() || performance.now() - last < REDRAW_MILLISECONDS) return;
    draw(value);
    last = performance.now();
  };
}

/** A bar with a label before it and facts behind it. On narrow terminals the last facts give way. */
export function barLine(label: string, share: number, facts: readonly string[], width: number): string {
  const shown = [...facts];
  const room = () => width - visibleWidth([label, ...shown].join('  ')) - 2;
  while (shown.length > 0 && room() < NARROWEST_BAR) shown.pop();
  const length = Math.max(0, Math.min(WIDEST_BAR, room()));
  const filled = Math.min(length, Math.max(0, Math.round(share * length)));
  const bar =
    paint('cyan', '━'.repeat(filled), process.stderr) +
    paint('dim', '─'.repeat(length - filled), process.stderr);
  return [label, bar, ...shown].join('  ');
}

/** What to hand to `train` as `onStep`; `batch` is the number of pictures in a step. */
export function stepProgress(batch: number): (report: StepReport) => void {
  return throttled(({ epoch, epochs, step, steps, loss, accuracy, imagesPerSecond }) => {
    const stepsLeft = (epochs - epoch) * steps + steps - step;
    const facts = [
      `accuracy ${percent(accuracy)}`,
      `loss ${loss.toFixed(4)}`,
      `${duration((stepsLeft * batch) / imagesPerSecond)} left`,
      `${count(imagesPerSecond)} images/s`,
    ];
    drawLiveLine(barLine(`Epoch ${epoch}/${epochs}`, step / steps, facts, liveLineWidth()));
  });
}

/** Tells how an epoch went. */
export function noteEpoch(record: EpochRecord, epochs: number): void {
  const { epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy } = record;
  const facts = [
    `Epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    `accuracy ${percent(trainAccuracy)}`,
    `loss ${trainLoss.toFixed(4)}`,
  ];
  if (validationLoss !== undefined && validationAccuracy !== undefined) {
    facts.push(`validation ${percent(validationAccuracy)}`, `loss ${validationLoss.toFixed(4)}`);
  }
  facts.push(`${count(record.imagesPerSecond)} images/s`, duration(record.seconds));
  note(facts.join('  '));
}

/** Shows how many of so many pictures have been read, where there are enough of them to wait for. */
export function readingProgress(pictures: number): (progress: { done: number; file: string }) => void {
  const start = performance.now();
  if (pictures < FEWEST_TO_SHOW) return () => undefined;
  return throttled(({ done, file }) => {
    const perSecond = (1000 * done) / (performance.now() - start);
    const facts = [
      `${count(done)} of ${count(pictures)}`,
      `${duration((pictures - done) / perSecond)} left`,
      `${count(perSecond)} pictures/s`,
      harmless(basename(file)).slice(0, WIDEST_NAME),
    ];
    drawLiveLine(barLine('Reading', done / pictures, facts, liveLineWidth()));
  });
}

/** What to hand to `fetchMnist` and `loadMnist` as `onProgress`. */
export function downloadProgress(): (progress: MnistProgress) => void {
  let current: string | undefined;
  const draw = throttled(({ file, receivedBytes, totalBytes }: MnistProgress) => {
    const facts =
      totalBytes === undefined
        ? [byteSize(receivedBytes)]
        : [`${byteSize(receivedBytes)} of ${byteSize(totalBytes)}`];
    drawLiveLine(
      barLine(file, receivedBytes / (totalBytes ?? Number.POSITIVE_INFINITY), facts, liveLineWidth()),
    );
  });
  return (progress) => {
    if (progress.file !== current) {
      current = progress.file;
      note(`Downloading ${current}`);
    }
    draw(progress);
  };
}
