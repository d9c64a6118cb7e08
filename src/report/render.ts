/** The pages of a run, of several and of a study, with what draws it loaded only when somebody wants a page. */
import type { StudySummary } from '../sweep/summary.ts';
import type { Comparison } from './comparison.ts';
import type { RunRecord } from './run.ts';

/** HTML that needs no other file. */
export async function renderRunReport(run: RunRecord): Promise<string> {
  const { renderRun } = await import('./page/page.ts');
  return renderRun(run);
}

/** HTML that needs no other file. */
export async function renderComparison(comparison: Comparison): Promise<string> {
  const { renderRuns } = await import('./page/compare.ts');
  return renderRuns(comparison);
}

/** HTML that needs no other file. */
export async function renderStudyReport(summary: StudySummary): Promise<string> {
  const { renderStudy } = await import('./page/study.ts');
  return renderStudy(summary);
}
