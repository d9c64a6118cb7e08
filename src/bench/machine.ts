/** What a benchmark ran on, in a sentence part. */
import { cpus, totalmem } from 'node:os';

export function describeMachine(): string {
  const cores = cpus();
  const model = (cores[0]?.model ?? 'an unknown processor').replace(/\s+/g, ' ').trim();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} cores of ${model}, ${memory} GiB, Node ${process.versions.node} on ${process.platform}`;
}
