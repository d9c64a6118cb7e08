/** The page of a run, with what draws it loaded only when somebody wants a page. */
import type { RunRecord } from './run.ts';

/** HTML that needs no other file. */
export async function renderRunReport(run: RunRecord): Promise<string> {
  const { renderRun } = await import('./page/page.ts');
  return renderRun(run);
}
