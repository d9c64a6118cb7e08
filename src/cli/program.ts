/**
 * The commands and what surrounds them: reading the arguments, telling what went wrong, and the exit code.
 *
 * A command's file is loaded only when that command is asked for.
 */
import yargs, { type Argv } from 'yargs';
import packageFile from '../../package.json' with { type: 'json' };
import { InklingError, UsageError } from '../errors.ts';
import { nearest } from '../suggestion.ts';
import { Interrupted, watchInterruptions } from './interruption.ts';
import { harmless, note, noteError, watchOutput, wipeLiveLine } from './terminal.ts';

const WIDEST_HELP = 100;

/** yargs drops a lone `-` from lists of files, so it goes by the name that systems have for it. */
const STANDARD_INPUT = '/dev/stdin';

/** What a command's file exports. */
interface Command<Flags> {
  /** Declares its arguments and examples. */
  flags(yargs: Argv): Argv<Flags> | Promise<Argv<Flags>>;
  /** Does the work and returns the exit code. */
  run(flags: Flags): Promise<number>;
}

type LoadCommand = () => Promise<unknown>;

/** A command line with its description and its file. The first word is the command. */
const COMMANDS: readonly [usage: string, description: string, load: LoadCommand][] = [
  [
    'data',
    'Get MNIST, describe or show data (data fetch, data info, data preview)',
    () => import('./data.ts'),
  ],
  ['train', 'Train a network and save it', () => import('./train.ts')],
  ['runs [what] [runs..]', 'List training runs, or compare two', () => import('./runs.ts')],
  ['report <run>', "Make a run's page", () => import('./report.ts')],
  ['sweep [study]', 'Train with many settings and compare them', () => import('./sweep.ts')],
  ['evaluate [models..]', 'Score a model, or several together, on a test set', () => import('./evaluate.ts')],
  ['predict [files..]', 'Read the digits in pictures', () => import('./predict.ts')],
  ['read-batch [pictures]', 'Read very many pictures, a line for each', () => import('./readBatch.ts')],
  ['summary [model]', "Show a model's layers", () => import('./summary.ts')],
  ['export [model]', 'Write a model for other engines', () => import('./export.ts')],
  [
    'models <what> [models..]',
    "List the app's models, show, add, try, promote or compare them, or roll back",
    () => import('./registry.ts'),
  ],
  ['finetune [model]', "Train the app's model on corrections", () => import('./finetune.ts')],
  ['serve', 'Run the app that reads what people draw', () => import('./serve.ts')],
  ['worker', 'Do the jobs of a queue', () => import('./worker.ts')],
  ['jobs <what> [id]', 'List jobs, show or cancel one, or read its log', () => import('./jobs.ts')],
  ['info', 'Say what the engine finds on this machine', () => import('./info.ts')],
  ['bench [what]', 'Time kernels and networks on this machine, beside others', () => import('./bench.ts')],
];

const EVERYWHERE = ['json', 'verbose', 'help', 'version'];

const COMMAND_NAMES = COMMANDS.map(([usage]) => usage.split(' ')[0]);

/** yargs's own words for what goes wrong, as sentences of ours. */
const SENTENCES = {
  'Not enough arguments following: %s': 'The flag --%s needs a value.',
  'Arguments %s and %s are mutually exclusive': 'Only one of --%s and --%s can be given.',
};

/** Runs the command line and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  watchOutput();
  watchInterruptions();
  try {
    const asked = await parse(args);
    return asked ? await asked.command.run(asked.flags) : 0;
  } catch (error) {
    return report(error, args.includes('--verbose'));
  }
}

/** A command and its flags, thrown out of yargs: for one that returned it would lay out the help that nobody asked for. */
class Asked extends Error {
  readonly command: Command<unknown>;
  readonly flags: unknown;

  constructor(command: Command<unknown>, flags: unknown) {
    super('A command was found.');
    this.command = command;
    this.flags = flags;
  }
}

/** What the arguments ask to run; nothing where they asked for help or the version, which is printed. */
async function parse(args: readonly string[]): Promise<Asked | undefined> {
  try {
    await buildProgram(args).parseAsync();
    return undefined;
  } catch (error) {
    if (error instanceof Asked) return error;
    throw error;
  }
}

function buildProgram(args: readonly string[]): Argv {
  const program: Argv = yargs(args.map((arg) => (arg === '-' ? STANDARD_INPUT : arg)))
    .scriptName('inkling')
    .locale('en')
    .updateStrings(SENTENCES)
    .parserConfiguration({
      'boolean-negation': false,
      'dot-notation': false,
      'parse-positional-numbers': false,
    })
    .usage('Usage: $0 <command>\n\nTrains convolutional networks and reads handwritten digits.')
    .option('json', { type: 'boolean', describe: 'Print JSON Lines only' })
    .option('verbose', { type: 'boolean', describe: 'Show where an error came from' })
    .example('$0 train', 'Get MNIST, train on it and save the model')
    .example('$0 predict digit.png', 'Read a digit')
    .example('$0 train --help', 'Explain a command')
    .version(packageFile.version)
    .help()
    .strict()
    .middleware(requireSingleFlags, true)
    .exitProcess(false)
    .wrap(Math.min(WIDEST_HELP, process.stdout.columns || WIDEST_HELP))
    .fail((message, error) => {
      throw error ?? new UsageError(sentenceOf(message, args, program));
    })
    .command('$0', false, {}, () => {
      throw new UsageError(`Name a command: ${COMMAND_NAMES.join(', ')}; 'inkling --help' explains them.`);
    });
  for (const [usage, description, load] of COMMANDS) {
    let command: Command<unknown>;
    program.command(
      usage,
      description,
      async (commandLine: Argv) => {
        command = (await load()) as Command<unknown>;
        return (await command.flags(commandLine.group([], 'Options:'))).group(EVERYWHERE, 'Everywhere:');
      },
      (flags) => {
        throw new Asked(command, flags);
      },
    );
  }
  return program;
}

/** Arguments of which there may be several. */
const LISTS = ['_', 'files', 'models', 'runs'];

/** yargs makes a list of a flag that is given twice, and no command expects one. */
function requireSingleFlags(flags: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (LISTS.includes(name) || !Array.isArray(value)) continue;
    throw new UsageError(`The flag --${name} is given ${value.length} times; give it once.`);
  }
}

/** A sentence for what yargs found wrong. */
function sentenceOf(message: string, args: readonly string[], program: Argv): string {
  const invalid = /^Invalid values:\s+Argument: (\S+), Given: (.*), Choices: (.*)$/s.exec(message);
  if (invalid) return `${invalid[2]} is not expected for ${invalid[1]}; it takes ${invalid[3]}.`;
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(message)?.[1].split(', ');
  if (!unknown) return message;
  const name = unknown[0];
  const typed = args
    .map((arg) => arg.replace(/=.*/s, ''))
    .find((arg) => /^--?[^-]/.test(arg) && arg.replace(/^-+/, '') === name);
  if (typed) {
    const { key } = (program as Argv & { getOptions(): { key: object } }).getOptions();
    const meant = nearest(name, Object.keys(key));
    return `There is no flag ${typed} here${meant ? `; did you mean --${meant}?` : '; --help lists those there are.'}`;
  }
  const command = args.find((arg) => !arg.startsWith('-'));
  if (name !== command)
    return `"${name}" is not expected here; 'inkling ${command} --help' explains what is.`;
  const meant = nearest(name, COMMAND_NAMES);
  return `There is no command ${name}; ${meant ? `did you mean ${meant}?` : `there are ${COMMAND_NAMES.join(', ')}.`}`;
}

/** Tells what went wrong and returns the exit code for it. */
function report(error: unknown, verbose: boolean): number {
  wipeLiveLine();
  const problem = error instanceof Error ? error.message : String(error);
  if (error instanceof Interrupted) note(`inkling: ${harmless(problem)}`);
  else if (error instanceof InklingError || isArgumentError(error)) noteError(problem);
  else {
    noteError(`Inkling itself failed (${problem}); run it again with --verbose to see where, and report it.`);
  }
  if (verbose && error instanceof Error) note(error.stack ?? '');
  if (error instanceof Interrupted || error instanceof InklingError) return error.exitCode;
  return isArgumentError(error) ? 2 : 1;
}

/** What yargs throws; it wraps what our checks of a flag's value throw, too. */
function isArgumentError(error: unknown): boolean {
  return error instanceof Error && error.name === 'YError';
}
