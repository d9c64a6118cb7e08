/**
 * The `inkling` command in a process of its own, for a process that has it do something: it ends at once when that is
 * gone, however that ended, so that nothing is ever done by two.
 */
const ORPHANED = 1;

process.on('disconnect', () => process.exit(ORPHANED));
process.channel?.unref();
const { main } = await import('./program.ts');
process.exitCode = await main(process.argv.slice(2));
