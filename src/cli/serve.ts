/** `inkling serve`: runs the app. What can be set is declared in server/configuration.ts. */
import type { Argv } from 'yargs';
import type { GivenFlags } from '../../server/configuration.ts';

export async function flags(commandLine: Argv) {
  const { SETTINGS } = await import('../../server/configuration.ts');
  for (const { flag, variable, describe, fallback } of Object.values(SETTINGS)) {
    if (flag === undefined) continue;
    const isSet = fallback !== undefined && fallback.toString() !== '';
    commandLine.option(flag, {
      type: 'string',
      requiresArg: true,
      describe: `${describe} [${isSet ? `default: ${fallback}; ` : ''}$${variable}]`,
    });
  }
  return commandLine
    .example('$0 serve', 'On http://localhost:3000, with a database in data/inkling.db')
    .example('$0 serve --port 8080 --host 0.0.0.0', 'For everyone on the network')
    .example('DATABASE_URL=postgres://… $0 serve', 'Several servers on one PostgreSQL');
}

type Flags = Record<string, unknown>;

export async function run(given: Flags): Promise<number> {
  const { readConfiguration, SETTINGS } = await import('../../server/configuration.ts');
  const { serve } = await import('../../server/main.ts');
  const entries = Object.entries(SETTINGS).flatMap(([name, { flag }]) => {
    const value = flag === undefined ? undefined : given[flag];
    return value === undefined ? [] : [[name, `${value}`]];
  });
  const configuration = readConfiguration(process.env, Object.fromEntries(entries) as GivenFlags);
  return serve(configuration, { json: given.json === true });
}
