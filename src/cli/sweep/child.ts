/**
 * One run of a study: the `inkling` command in a process of its own, which ends at once when the study's process is
 * gone, however that ended, so that no run is ever done by two.
 */
const ORPHANED = 1;

process.on('disconnect', () => process.exit(ORPHANED));
process.channel?.unref();
const { main } = await import('../program.ts');
process.exitCode = await main(process.argv.slice(2));
