/** A study's summary as Markdown, to be committed or mailed; and its runs as CSV. */
import type { Value } from './space.ts';
import type { Statistics, StudySummary, TrialSummary } from './summary.ts';

const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)} %`;
const points = (share: number) => (100 * share).toFixed(2);

export function studyMarkdown(summary: StudySummary): string {
  const { study, trials, best, importances, runs, seconds, isDone } = summary;
  const parts = [`# ${study.name}`];
  if (study.description) parts.push(study.description);
  const failed = trials.filter(({ status }) => status === 'failed').length;
  const pruned = trials.filter(({ status }) => status === 'pruned').length;
  parts.push(
    `${isDone ? '' : 'Not finished yet. '}${runs.length} runs of ${trials.length} trials on ${study.dataset}, with ${study.repeats} ${study.repeats === 1 ? 'seed' : 'seeds'} from ${study.seed}${pruned > 0 ? `; ${pruned} pruned` : ''}${failed > 0 ? `; ${failed} failed` : ''}. Accuracies are of the last epoch on validation pictures.`,
  );
  if (best?.validation) parts.push(`Best: **${best.name}**, ${withInterval(best.validation)}.`);
  parts.push(trialTable(trials));
  if (importances) {
    const lines = [...importances]
      .sort((one, other) => other.share - one.share)
      .map(({ path, share }) => `| ${path} | ${percent(share, 0)} |`);
    parts.push(
      `Share of the differences that a setting makes by itself (functional ANOVA of a random forest):\n\n| setting | share |\n|---|---:|\n${lines.join('\n')}`,
    );
  }
  parts.push(`Computed in ${(seconds / 60).toFixed(1)} minutes of one core.`);
  return `${parts.join('\n\n')}\n`;
}

function trialTable(trials: readonly TrialSummary[]): string {
  const tellsTest = trials.some(({ test }) => test);
  const head = ['trial', 'runs', 'validation', 'deviation', '95 % interval', 'behind the best (paired)'];
  if (tellsTest) head.push('test');
  const rows = trials.map((one) => {
    const { name, status, runs, validation, behind, test } = one;
    const cells = [
      name.replaceAll('|', '\\|'),
      status === 'complete' ? String(runs) : status,
      validation ? percent(validation.mean) : '–',
      validation && Number.isFinite(validation.deviation) ? points(validation.deviation) : '–',
      intervalText(validation),
      behind ? withPoints(behind) : '–',
    ];
    if (tellsTest) cells.push(test ? percent(test.mean) : '–');
    return `| ${cells.join(' | ')} |`;
  });
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return `| ${head.join(' | ')} |\n|${rule.join('|')}|\n${rows.join('\n')}`;
}

/** `98.91 % to 99.05 %`, or a dash. */
export function intervalText(statistics?: Statistics): string {
  const { interval } = statistics ?? {};
  return interval ? `${points(interval.low)} to ${percent(interval.high)}` : '–';
}

function withInterval(statistics: Statistics): string {
  const { interval, mean } = statistics;
  return interval ? `${percent(mean)} (95 % interval ${intervalText(statistics)})` : percent(mean);
}

/** Percentage points with how far the interval reaches to both sides. */
function withPoints({ mean, interval }: Statistics): string {
  return interval ? `${points(mean)} ± ${points(interval.high - mean)}` : points(mean);
}

/** One line for each run, in order; the same bytes whenever and wherever the study was done. */
export function studyCsv({ runs, space, trials, study }: StudySummary): string {
  const paths = Object.keys(space);
  const head = ['trial', 'name', 'seed', ...paths, 'status', 'epochs', 'validationAccuracy'];
  if (study.reportTest) head.push('testAccuracy');
  const lines = runs.map((run) => {
    const own = trials.find(({ trial }) => trial === run.trial);
    const cells = [
      String(run.trial + 1),
      own?.name ?? '',
      String(run.seed),
      ...paths.map((path) => exactText(own?.place[path])),
      run.status,
      String(run.curve.length),
      String(run.curve.at(-1) ?? ''),
    ];
    if (study.reportTest) cells.push(own?.test ? String(run.testAccuracy ?? '') : '');
    return cells.map(csvCell).join(',');
  });
  return `${[head.map(csvCell).join(','), ...lines].join('\n')}\n`;
}

function exactText(value: Value = null): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
