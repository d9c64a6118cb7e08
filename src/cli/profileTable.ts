/** What `train --profile` prints: where the time of a training step goes, kernel by kernel. */
import type { StepProfile } from '../index.ts';
import { countOf, percent } from './format.ts';
import { type Alignment, tableLines } from './table.ts';
import { note, paint, print, printJson } from './terminal.ts';

const ALIGNMENTS: readonly Alignment[] = ['left', 'left', 'left', 'right', 'right'];

/** Results of `--profile`; a run that was too short for one says so. */
export function showProfile(profile: StepProfile | undefined, json: boolean | undefined): void {
  if (!profile) {
    note('The run was too short for a profile.');
    return;
  }
  if (json) {
    printJson({ event: 'profile', ...profile });
    return;
  }
  const head = ['layer', 'kernel', 'phase', 'ms', 'share'].map((title) => paint('bold', title));
  const rows = profile.kernels.map(({ layer, kernel, phase, milliseconds, share }) => [
    ...[layer || 'all parameters', kernel, phase, milliseconds.toFixed(3), percent(share, 1)],
  ]);
  for (const line of tableLines([head, ...rows], ALIGNMENTS)) print(line);
  print(
    `A step takes ${profile.milliseconds.toFixed(2)} ms in all kernels together, on average of ${countOf(profile.steps, 'step')} that were timed.`,
  );
  print();
}
