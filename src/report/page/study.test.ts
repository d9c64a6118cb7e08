import { describe, expect, test } from 'vitest';
import type { RunOutcome } from '../../sweep/outcome.ts';
import { Schedule } from '../../sweep/schedule.ts';
import { parseStudy, type Study } from '../../sweep/study.ts';
import { summariseStudy } from '../../sweep/summary.ts';
import { preset } from '../../training/presets.ts';
import { renderStudy } from './study.ts';

function pageOf(study: Study, runs: Partial<RunOutcome>[] = []): string {
  const schedule = new Schedule(study);
  for (const planned of schedule.next(99, () => false)) {
    const level = 0.9 + planned.trial / 100 + planned.repeat / 1000;
    const run = { status: 'complete' as const, curve: [level - 0.2, level], testAccuracy: 0.77, seconds: 60 };
    schedule.record({ ...planned, ...run, ...runs[planned.trial] });
  }
  return renderStudy(summariseStudy(schedule, preset('default')));
}

const ARMS = parseStudy(
  {
    ...{ name: 'two', repeats: 2, description: 'A <b> & "c"' },
    arms: [
      { name: '<script>alert(1)</script>', group: 'depth', set: { learningRate: 0.1 } },
      { name: 'other', group: 'rate', set: { learningRate: 0.2, batch: 64 } },
    ],
  },
  'test',
  'test',
);
const GRID = parseStudy(
  {
    space: {
      learningRate: { type: 'log', from: 0.001, to: 0.1, steps: 3 },
      batch: { type: 'int', from: 1, to: 3 },
    },
  },
  'test',
  'test',
);

describe('the page of a study', () => {
  test('has curves for each group of arms, a table and parallel coordinates', () => {
    const page = pageOf(ARMS);
    for (const title of ['By depth', 'By rate', 'Parallel coordinates', '95 % interval', 'behind the best']) {
      expect(page).toContain(title);
    }
    expect(page).toContain('91.05 %');
    expect(page).toContain('1.00 ± 0.00');
  });

  test('needs nothing else, has no script and takes nobody’s words for HTML', () => {
    const page = pageOf(ARMS);
    expect(page).not.toMatch(/<script|<b>|src="http|url\(http/);
    expect(page).toContain('A &#60;b&#62; &#38; &#34;c&#34;');
    expect(page).toContain('prefers-color-scheme: dark');
  });

  test('shows test accuracies only where the study reports them', () => {
    expect(pageOf(ARMS)).not.toContain('77.00 %');
    expect(pageOf({ ...ARMS, reportTest: true }).match(/<td>77\.00 %<\/td>/g)).toHaveLength(2);
    expect(pageOf({ ...GRID, reportTest: true }).match(/<td>77\.00 %<\/td>/g)).toHaveLength(1);
  });

  test('tells the importance of settings, and colours the best of a search', () => {
    const page = pageOf(GRID);
    expect(page).toContain('Which setting matters');
    expect(page.match(/class="key"/g)).toHaveLength(5);
  });

  test('tells what failed and was pruned, and can be made of nothing', () => {
    const failed = { status: 'failed' as const, curve: [], reason: 'The loss is no number.' };
    const page = pageOf(GRID, [failed, { status: 'pruned', curve: [0.1] }]);
    expect(page).toContain('The loss is no number.');
    expect(page).toContain('>pruned<');
    expect(pageOf(GRID, new Array(9).fill(failed))).toContain('none yet');
    expect(renderStudy(summariseStudy(new Schedule(GRID), preset('default')))).toContain('not finished yet');
  });
});
