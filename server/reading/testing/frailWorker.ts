/** The worker of the app, which misbehaves when it is told to, for tests of the pool. */
import { misbehaveWhenTold } from './misbehave.ts';

misbehaveWhenTold();
await import('../worker.ts');
