/** Studies: many trainings with other settings, compared. What the command line and the server use of it. */
export { studyCsv, studyMarkdown } from './markdown.ts';
export type { RunOutcome } from './outcome.ts';
export { probes } from './probes.ts';
export { prunedAfter } from './pruner.ts';
export { type PlannedRun, type Pruning, Schedule } from './schedule.ts';
export { recipeWith } from './settings.ts';
export { valueText } from './settingsTable.ts';
export type { Parameters, Space } from './space.ts';
export { parseStudy, randomTrials, type Study, trialCount } from './study.ts';
export { nameOf, type StudySummary, summariseStudy, type TrialSummary } from './summary.ts';
export { type Work, workOf } from './work.ts';
