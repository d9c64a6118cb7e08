/** How far a study has come: a line for each run that is done, and on a terminal a bar. */
import type { PlannedRun, RunOutcome, Schedule, Work } from '../../index.ts';
import { count, countOf, duration, percent } from '../format.ts';
import { barLine } from '../progress.ts';
import { drawLiveLine, harmless, liveLineWidth, note } from '../terminal.ts';
import { trialName } from './showStudy.ts';

const NAME_COLUMNS = 44;

export class SweepProgress {
  readonly #schedule: Schedule;
  readonly #workOf: (run: PlannedRun) => Work & { epochs: number };
  /** Of a run, in seconds. */
  readonly #meanWork: number;
  /** Epochs done of runs under way, in seconds of work, and of all that were done since this began. */
  readonly #underWay = new Map<string, { begun: number; done: number }>();
  #workDone = 0;
  readonly #started = performance.now();

  constructor(schedule: Schedule, meanWork: number, workOf: (run: PlannedRun) => Work & { epochs: number }) {
    this.#schedule = schedule;
    this.#meanWork = meanWork;
    this.#workOf = workOf;
  }

  epoch(run: PlannedRun, epoch: number): void {
    const { seconds, epochs } = this.#workOf(run);
    const done = (seconds * epoch) / epochs;
    const key = keyOf(run);
    const known = this.#underWay.get(key);
    this.#underWay.set(key, { begun: known?.begun ?? done, done });
    this.draw();
  }

  run(outcome: RunOutcome): void {
    const known = this.#underWay.get(keyOf(outcome));
    this.#underWay.delete(keyOf(outcome));
    if (outcome.status === 'complete') this.#workDone += this.#workOf(outcome).seconds - (known?.begun ?? 0);
    else this.#workDone += (known?.done ?? 0) - (known?.begun ?? 0);
    const { runs, left, study } = this.#schedule;
    const total = runs.length + left;
    const { status, curve, seed, seconds } = outcome;
    const ending =
      status === 'complete' ? duration(seconds) : `${status} after ${countOf(curve.length, 'epoch')}`;
    const name = harmless(trialName(study, outcome.trial, outcome.parameters)).slice(0, NAME_COLUMNS);
    note(
      `${count(runs.length).padStart(count(total).length)}/${count(total)}  ${name.padEnd(NAME_COLUMNS)}  seed ${seed}  ${percent(curve.at(-1) ?? Number.NaN).padStart(8)}  ${ending}`,
    );
    this.draw();
  }

  draw(): void {
    const { runs, left } = this.#schedule;
    if (left === 0) return;
    const facts = [
      `${count(runs.length)} of ${count(runs.length + left)}`,
      `${this.#underWay.size} under way`,
      `${duration(this.#secondsLeft())} left`,
    ];
    drawLiveLine(barLine('Runs', runs.length / (runs.length + left), facts, liveLineWidth()));
  }

  /** By how fast work was done since the beginning. */
  #secondsLeft(): number {
    const current = [...this.#underWay.values()];
    const done = this.#workDone + current.reduce((sum, one) => sum + one.done - one.begun, 0);
    const rate = done / ((performance.now() - this.#started) / 1000);
    const waiting = this.#meanWork * this.#schedule.left - current.reduce((sum, one) => sum + one.done, 0);
    return Math.max(0, waiting) / rate;
  }
}

function keyOf({ trial, repeat }: Pick<PlannedRun, 'trial' | 'repeat'>): string {
  return `${trial}/${repeat}`;
}
