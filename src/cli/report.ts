/** `inkling report`: makes the page of a training run from what its folder holds. */
import type { Argv } from 'yargs';
import { runFolderOf } from './runs.ts';
import { harmless, print, printJson } from './terminal.ts';
import { writeReport } from './trainResults.ts';

export function flags(commandLine: Argv) {
  return commandLine
    .positional('run', {
      type: 'string',
      demandOption: true,
      describe: 'Folder of a run, or its name in runs/',
    })
    .option('json', { type: 'boolean' })
    .example('$0 report runs/default', 'Write runs/default/report.html');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run({ run: name, json }: Flags): Promise<number> {
  const folder = runFolderOf(name);
  await writeReport(folder);
  if (json) printJson({ report: folder.reportPath });
  else print(`Report ${harmless(folder.reportPath)}`);
  return 0;
}
