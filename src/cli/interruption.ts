/**
 * Ctrl-C (SIGINT) and SIGTERM.
 *
 * A command that has nothing to save ends at once. One that asked for `interruptSignal()` is told by it, finishes
 * what it is doing and throws `Interrupted`; a second Ctrl-C then ends it at once. Either way the exit code is 130.
 */
import { note, wipeLiveLine } from './terminal.ts';

const EXIT_CODE = 130;
/** npx passes on the Ctrl-C that the terminal has already sent us: what follows so soon is the same one. */
const ECHO_MILLISECONDS = 250;

/** Thrown by a command that was stopped. The message tells what was saved and how to go on. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly exitCode = EXIT_CODE;
}

let gentle: AbortController | undefined;
let firstAt: number | undefined;

export function watchInterruptions(): void {
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
}

/** A signal that is aborted, with an `Interrupted` as its reason, when the person asks to stop. */
export function interruptSignal(): AbortSignal {
  gentle ??= new AbortController();
  return gentle.signal;
}

function interrupt(): void {
  if (firstAt !== undefined && performance.now() - firstAt < ECHO_MILLISECONDS) return;
  if (gentle && firstAt === undefined) {
    firstAt = performance.now();
    note('Stopping; press Ctrl-C again to quit at once.');
    gentle.abort(new Interrupted('Stopped.'));
    return;
  }
  wipeLiveLine();
  process.exit(EXIT_CODE);
}
