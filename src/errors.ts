/**
 * An error whose message is meant for the person who caused it: one sentence that names what was wrong, where, and
 * what to do. The command line prints it without a stack trace and exits with `exitCode`.
 */
export class InklingError extends Error {
  override name = 'InklingError';
  /** 1: it failed. 2: it was asked for wrongly. */
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** An argument, flag or option that makes no sense: exit code 2. */
export class UsageError extends InklingError {
  override name = 'UsageError';

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { ...options, exitCode: 2 });
  }
}

/** A training whose loss or weights are no numbers any more. */
export class DivergenceError extends InklingError {
  override name = 'DivergenceError';
}
