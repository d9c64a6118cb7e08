/**
 * Which runs of a study come when.
 *
 * What a trial knows is fixed by its number alone: a trial that learns from others knows of all that are at least
 * `parallel` before it, and of no other, however long each of them may take. So a study comes to the same results on
 * one core and on many, without a break and with a hundred.
 */
import { InklingError } from '../errors.ts';
import { type Outcome, outcomeOf, type RunOutcome } from './outcome.ts';
import { type PrunerOptions, prunedAfter } from './pruner.ts';
import { gridPoint, type Parameters } from './space.ts';
import { learns, randomTrials, type Study, trialCount } from './study.ts';
import { askRandom, askTpe } from './tpe.ts';

/** A run that may begin. */
export interface PlannedRun {
  trial: number;
  repeat: number;
  seed: number;
  parameters: Parameters;
}

export interface Pruning {
  options: PrunerOptions;
  /** What the run knows of others. */
  known: Outcome[];
}

export class Schedule {
  readonly study: Study;
  readonly trials: number;
  /** Of each trial as far as they are known, by repeat. */
  readonly #runs: (RunOutcome | undefined)[][];
  readonly #outcomes: (Outcome | undefined)[];
  readonly #parameters: (Parameters | undefined)[] = [];
  /** The first trial that is not done. */
  #front = 0;

  constructor(study: Study) {
    this.study = study;
    this.trials = trialCount(study);
    this.#runs = Array.from({ length: this.trials }, () => []);
    this.#outcomes = new Array(this.trials).fill(undefined);
  }

  /** Tells what came of a run. */
  record(run: RunOutcome): void {
    this.#runs[run.trial][run.repeat] = run;
    const runs = this.#runs[run.trial];
    const isCut = this.study.pruner && runs[0] && runs[0].status !== 'complete';
    const known = runs.filter((one) => one !== undefined);
    if (isCut || known.length === this.study.repeats) this.#outcomes[run.trial] = outcomeOf(known);
    while (this.#front < this.trials && this.#outcomes[this.#front]) this.#front++;
  }

  /** Whether there is nothing left to do. */
  get isDone(): boolean {
    return this.#front === this.trials;
  }

  /** All that came of runs so far, in order. */
  get runs(): RunOutcome[] {
    return this.#runs.flat().filter((run) => run !== undefined);
  }

  get outcomes(): Outcome[] {
    return this.#outcomes.filter((outcome) => outcome !== undefined);
  }

  /** Runs still to do as far as that is known; where a pruner may spare some, at most so many. */
  get left(): number {
    return this.#runs.reduce((sum, runs, trial) => {
      return sum + (this.#outcomes[trial] ? 0 : this.study.repeats - runs.filter(Boolean).length);
    }, 0);
  }

  /** The next so many runs that may begin and are not among those under way, in the study's order. */
  next(count: number, isUnderWay: (run: PlannedRun) => boolean): PlannedRun[] {
    const { study } = this;
    const found: PlannedRun[] = [];
    const end = this.#mayBeginBelow();
    for (let trial = this.#front; trial < end && found.length < count; trial++) {
      if (this.#outcomes[trial]) continue;
      const isFirst = study.pruner && !this.#runs[trial][0];
      for (let repeat = 0; repeat < (isFirst ? 1 : study.repeats) && found.length < count; repeat++) {
        if (this.#runs[trial][repeat]) continue;
        const run = { trial, repeat, seed: study.seed + repeat, parameters: this.parameters(trial) };
        if (!isUnderWay(run)) found.push(run);
      }
    }
    return found;
  }

  /** Trials below this may begin. */
  #mayBeginBelow(): number {
    const { study, trials } = this;
    if (!learns(study)) return trials;
    const informed = this.#front + study.parallel;
    return Math.min(trials, study.pruner ? informed : Math.max(informed, randomTrials(study)));
  }

  /** The parameters of a trial; those that learn must have what they learn from. */
  parameters(trial: number): Parameters {
    this.#parameters[trial] ??= this.#ask(trial);
    return this.#parameters[trial];
  }

  /** The epoch (from 1) after which a run ends early; undefined where it goes on. */
  prunedAfter({ trial, repeat }: PlannedRun, curve: readonly number[]): number | undefined {
    const pruning = this.pruning({ trial, repeat });
    return pruning && prunedAfter(curve, pruning.known, pruning.options);
  }

  /** What decides whether a run ends early; undefined where nothing does. */
  pruning({ trial, repeat }: Pick<PlannedRun, 'trial' | 'repeat'>): Pruning | undefined {
    const { pruner } = this.study;
    return pruner && repeat === 0 ? { options: pruner, known: this.#knownTo(trial) } : undefined;
  }

  #ask(trial: number): Parameters {
    const { search, seed, parallel } = this.study;
    switch (search.type) {
      case 'arms':
        return search.arms[trial].set;
      case 'grid':
        return gridPoint(search.space, trial);
      case 'random':
        return askRandom({ space: search.space, seed, trial });
      case 'tpe': {
        if (trial < randomTrials(this.study)) return askRandom({ space: search.space, seed, trial });
        const done = this.#knownTo(trial);
        const pending: Parameters[] = [];
        for (let other = Math.max(0, trial - parallel + 1); other < trial; other++) {
          pending.push(this.parameters(other));
        }
        return askTpe({ space: search.space, seed, trial, done, pending }, search);
      }
    }
  }

  /** Those of which a trial knows. */
  #knownTo(trial: number): Outcome[] {
    return this.#outcomes.slice(0, Math.max(0, trial - this.study.parallel + 1)).map((outcome, index) => {
      if (outcome) return outcome;
      throw new InklingError(`Trial ${trial} was asked for before trial ${index} was done.`);
    });
  }
}
