/**
 * What `train --profile` prints: where the time of a training step goes, kernel by kernel; on a graphics card also how
 * fast each kernel computes or moves bytes, beside the most that the card does of either.
 */
import type { Peak } from '../bench/peak.ts';
import type { KernelShare, StepProfile } from '../index.ts';
import { countOf, percent } from './format.ts';
import { type Alignment, tableLines } from './table.ts';
import { note, paint, print, printJson } from './terminal.ts';

const ALIGNMENTS: readonly Alignment[] = ['left', 'left', 'left', 'right', 'right', 'right', 'right'];

/** Results of `--profile`; a run that was too short for one says so. `roof` is measured where kernels have rates. */
export async function showProfile(
  profile: StepProfile | undefined,
  json: boolean | undefined,
  roof: () => Promise<Peak>,
): Promise<void> {
  if (!profile) {
    note('The run was too short for a profile.');
    return;
  }
  const hasRates = profile.kernels.some(({ gflops, gigabytes }) => (gflops ?? gigabytes) !== undefined);
  const peak = hasRates ? await roof() : undefined;
  if (json) {
    printJson({ event: 'profile', ...profile, ...(peak && { roof: peak }) });
    return;
  }
  const titles = ['layer', 'kernel', 'phase', 'ms', 'share', ...(peak ? ['rate', 'of the roof'] : [])];
  const head = titles.map((title) => paint('bold', title));
  const rows = profile.kernels.map((kernel) => [
    ...[kernel.layer || 'all parameters', kernel.kernel, kernel.phase],
    ...[kernel.milliseconds.toFixed(3), percent(kernel.share, 1), ...(peak ? rateCells(kernel, peak) : [])],
  ]);
  for (const line of tableLines([head, ...rows], ALIGNMENTS)) print(line);
  if (peak) {
    print(
      `The roof of ${peak.device}: ${peak.gflops.toFixed(1)} GFLOPS, and ${peak.gigabytes.toFixed(1)} GB/s read and written.`,
    );
  }
  print(
    `A step takes ${profile.milliseconds.toFixed(2)} ms in all kernels together, on average of ${countOf(profile.steps, 'step')} that were timed.`,
  );
  print();
}

function rateCells({ gflops, gigabytes }: KernelShare, peak: Peak): [string, string] {
  if (gflops !== undefined) return [`${gflops.toFixed(1)} GFLOPS`, percent(gflops / peak.gflops, 0)];
  if (gigabytes === undefined) return ['', ''];
  return [`${gigabytes.toFixed(1)} GB/s`, percent(gigabytes / peak.gigabytes, 0)];
}
