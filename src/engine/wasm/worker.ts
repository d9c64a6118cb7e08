/**
 * A member of a team, in a thread of its own.
 *
 * It learns of programs by messages and runs them by commands in shared memory, which are far quicker than messages.
 * While it serves commands it hears no messages; the command RELEASE sends it back to listen.
 */
import type { KernelCall } from '../../../kernels/operation.ts';
import { type BoundCall, bindCall, RELEASE, Team } from './team.ts';

/** The programs of an executable, to be known by their numbers, `base` and up. */
export interface BindMessage {
  type: 'bind';
  base: number;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  programs: KernelCall[][];
}

export interface UnbindMessage {
  type: 'unbind';
  base: number;
  count: number;
}

export interface StartMessage {
  type: 'start';
  control: Int32Array;
  parts: number;
  part: number;
}

export type TeamMessage = StartMessage | BindMessage | UnbindMessage;

interface Port {
  postMessage(message: unknown): void;
  listen(handler: (message: TeamMessage) => void): void;
  close(): void;
}

/** The parent's end: a web worker's own scope, or Node's parent port. */
function parentPort(): Port {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads?.parentPort) {
    const port = threads.parentPort;
    return {
      postMessage: (message) => port.postMessage(message),
      listen: (handler) => port.on('message', handler),
      close: () => port.close(),
    };
  }
  return {
    postMessage: (message) => globalThis.postMessage(message),
    listen(handler) {
      globalThis.onmessage = ({ data }) => handler(data);
    },
    close: () => globalThis.close(),
  };
}

const port = parentPort();
const programs = new Map<number, BoundCall[]>();
let team: Team | undefined;

port.listen((message) => {
  if (message.type === 'start') {
    team = new Team(message.control, message.parts, message.part, true);
  }
  const member = team as Team;
  if (message.type === 'bind') {
    const { exports } = new WebAssembly.Instance(message.module, { env: { memory: message.memory } });
    message.programs.forEach((calls, i) => {
      const bound = calls.map((call) => bindCall(exports, call, member.part, member.parts));
      programs.set(message.base + i, bound);
    });
  } else if (message.type === 'unbind') {
    for (let i = 0; i < message.count; i++) programs.delete(message.base + i);
  }
  // Before the answer: no command is given until all members have answered.
  const seen = member.generation();
  port.postMessage('ready');
  try {
    serve(member, seen);
  } catch {
    // A kernel failed, here or elsewhere; the team's control block says so to the thread that waits for the result.
    port.close();
  }
});

function serve(member: Team, generation: number): void {
  for (let seen = generation; ; seen = (seen + 1) | 0) {
    const command = member.nextCommand(seen);
    if (command === RELEASE) return;
    member.run(programs.get(command) as BoundCall[]);
  }
}
