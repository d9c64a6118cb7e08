/**
 * Kinds of settings: each has a variable of the environment, a flag of `inkling serve`, a default and a check, so that
 * the server, the command line's help and the errors speak of the same things.
 */
import { UsageError } from '../src/index.ts';

export interface Setting<Value> {
  /** Its variable in the environment. */
  variable: string;
  /** Its flag, without the dashes; those that hold secrets have none, since everyone can see a process's flags. */
  flag?: string;
  /** What it means, for people. */
  describe: string;
  fallback: Value;
  /** Throws a `UsageError` of one sentence; `name` is what the person called it. */
  read(text: string, name: string): Value;
}

type About = Pick<Setting<unknown>, 'variable' | 'flag' | 'describe'>;

export function text(about: About, fallback: string): Setting<string> {
  return {
    ...about,
    fallback,
    read(given, name) {
      if (given.trim() === '') throw new UsageError(`${name} is empty; give it a value or leave it out.`);
      return given;
    },
  };
}

/** A text that may be left out, and follows a pattern that `rule` puts in words. */
export function optional(
  about: About,
  pattern: RegExp = /\S/,
  rule = 'must not be empty',
): Setting<string | undefined> {
  return {
    ...about,
    fallback: undefined,
    read(given, name) {
      // What is secret is not repeated in an error, so no value is.
      if (!pattern.test(given)) throw new UsageError(`${name} ${rule}.`);
      return given;
    },
  };
}

/** The fallback may be nothing, where what is done then is no number. */
export function wholeNumber<Fallback extends number | undefined>(
  about: About,
  fallback: Fallback,
  [least, most]: [number, number],
): Setting<number | Fallback> {
  return {
    ...about,
    fallback,
    read(given, name) {
      const value = /^\d{1,15}$/.test(given.trim()) ? Number(given) : Number.NaN;
      if (value >= least && value <= most) return value;
      throw new UsageError(`${name} must be a whole number from ${least} to ${most}, not "${given}".`);
    },
  };
}

export function oneOf<Choice extends string>(
  about: About,
  choices: readonly Choice[],
  fallback: Choice,
): Setting<Choice> {
  return {
    ...about,
    fallback,
    read(given, name) {
      if (choices.includes(given as Choice)) return given as Choice;
      throw new UsageError(`${name} must be one of ${choices.join(', ')}, not "${given}".`);
    },
  };
}

export function list(about: About, check: (item: string) => boolean, rule: string): Setting<string[]> {
  return {
    ...about,
    fallback: [],
    read(given, name) {
      const items = given
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
      const wrong = items.find((item) => !check(item));
      if (wrong !== undefined) throw new UsageError(`${name} ${rule}, and "${wrong}" is none.`);
      return items;
    },
  };
}
