/** A study in a terminal: its table of results, and what is to be done. */
import {
  nameOf,
  type PlannedRun,
  type Recipe,
  randomTrials,
  recipeWith,
  Schedule,
  type Study,
  type StudySummary,
  summarise,
  trialCount,
  valueText,
  workOf,
} from '../../index.ts';
import { count, countOf, duration, magnitude, percent } from '../format.ts';
import { tableLines } from '../table.ts';
import { harmless, paint, print, printJson } from '../terminal.ts';

/** The trials of a study with their statistics, the best in bold. */
export function showResults({ trials, best }: StudySummary): void {
  const tellsTest = trials.some(({ test }) => test);
  const head = ['trial', 'runs', 'validation', '±', '95 % interval'];
  if (tellsTest) head.push('test');
  const rows = trials.map(({ trial, name, status, runs, validation, test }) => {
    const { interval, deviation = Number.NaN } = validation ?? {};
    const cells = [
      harmless(name),
      status === 'complete' ? count(runs) : status,
      percent(validation?.mean ?? Number.NaN),
      Number.isFinite(deviation) ? (100 * deviation).toFixed(2) : '–',
      interval ? `${(100 * interval.low).toFixed(2)} to ${percent(interval.high)}` : '–',
    ];
    if (tellsTest) cells.push(percent(test?.mean ?? Number.NaN));
    return trial === best?.trial ? cells.map((cell) => paint('bold', cell)) : cells;
  });
  const right = head.map((_, column) => (column === 0 ? ('left' as const) : ('right' as const)));
  for (const line of tableLines([head.map((title) => paint('bold', title)), ...rows], right)) print(line);
}

export interface DryRun {
  study: Study;
  base: Recipe;
  /** Pictures that are trained on. */
  examples: number;
  jobs: number;
  json?: boolean;
}

/** Lists the runs of a study with an estimate of the work, and does none of them. */
export function showDryRun({ study, base, examples, jobs, json }: DryRun): void {
  const { search } = study;
  const schedule = new Schedule(study);
  // What TPE chooses after its random trials is not known before they are done.
  const known = search.type === 'tpe' ? randomTrials(study) : schedule.trials;
  const lines: { run: PlannedRun; name: string; recipe: Recipe; seconds: number; flops: number }[] = [];
  for (let trial = 0; trial < known; trial++) {
    const parameters = schedule.parameters(trial);
    const { name } = nameOf(study, trial, parameters);
    const recipe = recipeWith(base, { ...study.set, ...parameters }, `${study.name}, ${name}`);
    for (let repeat = 0; repeat < study.repeats; repeat++) {
      const run = { trial, repeat, seed: study.seed + repeat, parameters };
      lines.push({ run, name, recipe, ...workOf(recipe, examples) });
    }
  }
  const share = known === 0 ? 0 : trialCount(study) / known;
  const seconds = share * lines.reduce((sum, line) => sum + line.seconds, 0);
  const flops = share * lines.reduce((sum, line) => sum + line.flops, 0);
  const runs = trialCount(study) * study.repeats;
  if (json) {
    for (const { run, name, recipe, ...work } of lines) {
      printJson({ event: 'run', ...run, trial: run.trial + 1, name, epochs: recipe.epochs, ...work });
    }
    printJson({ event: 'dryRun', study: study.name, trials: trialCount(study), runs, jobs, flops, seconds });
    return;
  }
  const head = ['run', 'trial', 'seed', 'parameters', 'epochs', 'FLOPs', 'about'];
  const rows = lines.map(({ run, name, recipe, seconds: own, flops: work }, index) => [
    String(index + 1),
    harmless(name),
    String(run.seed),
    count(summarise(recipe.model).parameters),
    String(recipe.epochs),
    magnitude(work),
    duration(own),
  ]);
  const right = head.map((_, column) => (column === 1 ? ('left' as const) : ('right' as const)));
  for (const line of tableLines([head.map((title) => paint('bold', title)), ...rows], right)) print(line);
  if (known < schedule.trials)
    print(`${countOf(schedule.trials - known, 'trial')} more that TPE will choose`);
  print();
  print(
    `${countOf(runs, 'run')} on ${countOf(examples, 'picture')} each: about ${duration(seconds / Math.min(jobs, runs))} on ${countOf(jobs, 'core')}${study.pruner ? ', less what is pruned' : ''}`,
  );
}

/** What a trial is called before its study is done. */
export function trialName(study: Study, trial: number, parameters: PlannedRun['parameters']): string {
  const { name } = nameOf(study, trial, parameters);
  return study.search.type === 'arms'
    ? name
    : `${trial + 1} of ${trialCount(study)} (${shortened(parameters)})`;
}

function shortened(parameters: PlannedRun['parameters']): string {
  return Object.entries(parameters)
    .map(([path, value]) => `${path.split('.').at(-1)} ${valueText(value)}`)
    .join(', ');
}
