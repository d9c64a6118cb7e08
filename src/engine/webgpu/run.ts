/**
 * Handing dispatches to the card. All of a step go in one pass; where somebody wants to know how long each takes,
 * each has a pass of its own, with a stamp of the card's own clock before and after.
 */
import { InklingError } from '../../errors.ts';
import type { Amount, CallTime } from '../profile.ts';
import { patiently } from './dawn.ts';
import { type Card, MAP_READ, Usage } from './device.ts';
import type { LoweredDispatch } from './lower.ts';

/** A dispatch ready to be encoded. */
export interface BoundDispatch {
  pipeline: GPUComputePipeline;
  group: GPUBindGroup;
  workgroups: LoweredDispatch['workgroups'];
  source: LoweredDispatch;
  amount: Amount;
}

/** Adds a dispatch to a pass. */
export function encode(pass: GPUComputePassEncoder, { pipeline, group, workgroups }: BoundDispatch): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...workgroups);
}

/** What a query set may hold. */
const MOST_STAMPS = 4096;

/** Runs dispatches and, when they are done, adds a row for each to `times`. */
export async function runTimed(
  card: Card,
  dispatches: readonly BoundDispatch[],
  times: CallTime[],
): Promise<void> {
  if (!card.hasTimestamps)
    throw new InklingError('This graphics card has no time stamps, so there is no profile of it.');
  const { device } = card;
  const readings: Promise<BigUint64Array>[] = [];
  for (let first = 0; first < dispatches.length; first += MOST_STAMPS / 2) {
    readings.push(stamp(card, dispatches.slice(first, first + MOST_STAMPS / 2)));
  }
  const stamps = (await card.wait(Promise.all(readings))).flatMap((part) => [...part]);
  dispatches.forEach(({ source: { layer, operation, phase, kernel }, amount }, i) => {
    // Clocks of cards may jump back, which counts as no time.
    const nanoseconds = Math.max(0, Number(stamps[2 * i + 1] - stamps[2 * i]));
    times.push({ layer, operation, phase, kernel, milliseconds: nanoseconds / 1e6, amount });
  });

  async function stamp(card: Card, some: readonly BoundDispatch[]): Promise<BigUint64Array> {
    const count = 2 * some.length;
    const querySet = device.createQuerySet({ label: 'time stamps', type: 'timestamp', count });
    const resolved = card.createBuffer('time stamps', 8 * count, Usage.queryResolve | Usage.copySource);
    const staging = card.createBuffer('time stamps', 8 * count, Usage.mapRead | Usage.copyTarget);
    try {
      const encoder = device.createCommandEncoder({ label: 'profile' });
      some.forEach((dispatch, i) => {
        const timestampWrites = {
          querySet,
          beginningOfPassWriteIndex: 2 * i,
          endOfPassWriteIndex: 2 * i + 1,
        };
        const pass = encoder.beginComputePass({ label: dispatch.source.kernel, timestampWrites });
        encode(pass, dispatch);
        pass.end();
      });
      encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
      device.queue.submit([encoder.finish()]);
      await patiently(() => staging.mapAsync(MAP_READ));
      return new BigUint64Array(staging.getMappedRange().slice(0));
    } finally {
      querySet.destroy();
      for (const buffer of [resolved, staging]) card.destroyBuffer(buffer);
    }
  }
}
