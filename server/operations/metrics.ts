/** What is counted and timed: for Prometheus, and for a page that shows the figures as they move. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PictureReading } from '../../src/index.ts';
import { RecentTimes } from './recentTimes.ts';

const SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10];
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128];
const DIGITS = 10;

/** Why someone was turned away. */
export type Refused = 'rate' | 'busy' | 'foreign' | 'tooLarge' | 'unreadable' | 'full';

/** What the pool and the model keeper know by themselves. */
export interface Gauges {
  waiting: number;
  reading: number;
  workers: number;
  model: string;
}

export class Metrics {
  readonly registry = new Registry();
  readonly #started = Date.now();
  readonly #requests = new Histogram({
    name: 'inkling_http_request_seconds',
    help: 'Time from the first to the last of a request, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly #readings = new Histogram({
    name: 'inkling_reading_seconds',
    help: 'Time a thread took to read a picture',
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly #batches = new Histogram({
    name: 'inkling_batch_digits',
    help: 'Digits that were put to the network together',
    buckets: BATCHES,
    registers: [this.registry],
  });
  readonly #digits = this.#counter('inkling_digits_total', 'Digits that were read', ['digit']);
  readonly #rejections = this.#counter('inkling_rejected_pictures_total', 'Pictures that held no digit');
  readonly #corrections = this.#counter('inkling_corrections_total', 'Answers that were corrected');
  readonly #refused = this.#counter('inkling_refused_requests_total', 'Requests turned away', ['reason']);
  readonly #restarts = this.#counter('inkling_worker_restarts_total', 'Threads that had to be replaced');
  readonly #swaps = this.#counter('inkling_model_swaps_total', 'Changes of the model');
  readonly #recent = new RecentTimes();
  readonly #totals = {
    requests: 0,
    predictions: 0,
    rejected: 0,
    corrections: 0,
    refused: 0,
    restarts: 0,
    batches: 0,
    batchedDigits: 0,
    digits: new Array<number>(DIGITS).fill(0),
    batchSizes: {} as Record<number, number>,
  };

  #gauges: () => Gauges = () => ({ waiting: 0, reading: 0, workers: 0, model: '' });

  constructor({ processMetrics = true }: { processMetrics?: boolean } = {}) {
    if (processMetrics) collectDefaultMetrics({ register: this.registry });
    for (const name of ['waiting', 'reading', 'workers'] as const) {
      const gauge: Gauge = new Gauge({
        name: `inkling_${name === 'workers' ? 'workers' : `${name}_pictures`}`,
        help: { waiting: 'Pictures in the queue', reading: 'Pictures in threads', workers: 'Threads' }[name],
        registers: [this.registry],
        collect: () => gauge.set(this.#gauges()[name]),
      });
    }
  }

  /** Where the gauges are read from. */
  watch(gauges: () => Gauges): void {
    this.#gauges = gauges;
  }

  request(method: string, route: string, status: number, milliseconds: number): void {
    this.#requests.observe({ method, route, status }, milliseconds / 1000);
    this.#totals.requests++;
  }

  prediction(reading: PictureReading, readingMilliseconds: number, milliseconds: number): void {
    this.#readings.observe(readingMilliseconds / 1000);
    this.#recent.add(milliseconds);
    this.#totals.predictions++;
    if (reading.rejected !== false) {
      this.#rejections.inc();
      this.#totals.rejected++;
      return;
    }
    for (const { digit } of reading.digits) {
      this.#digits.inc({ digit });
      this.#totals.digits[digit]++;
    }
  }

  batch(size: number): void {
    this.#batches.observe(size);
    this.#totals.batches++;
    this.#totals.batchedDigits += size;
    this.#totals.batchSizes[size] = (this.#totals.batchSizes[size] ?? 0) + 1;
  }

  correction(): void {
    this.#corrections.inc();
    this.#totals.corrections++;
  }

  refused(reason: Refused): void {
    this.#refused.inc({ reason });
    this.#totals.refused++;
  }

  restart(): void {
    this.#restarts.inc();
    this.#totals.restarts++;
  }

  swap(): void {
    this.#swaps.inc();
  }

  /** The figures since the start, and of the last predictions and seconds. */
  live() {
    const { batches, batchedDigits, ...totals } = this.#totals;
    const { waiting, reading, workers, model } = this.#gauges();
    return {
      model,
      startedAt: this.#started,
      uptime: Date.now() - this.#started,
      ...totals,
      predictionsPerSecond: this.#recent.perSecond(),
      latency: this.#recent.quantiles(),
      meanBatch: batches === 0 ? 0 : batchedDigits / batches,
      queue: { waiting, reading },
      workers,
      memory: process.memoryUsage.rss(),
    };
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
