/** A proxy that gives requests to several servers by turns, and to the next where one cannot be reached. */
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RoundRobin {
  url: string;
  close(): void;
}

/** `targets` is asked anew for each request. */
export async function startRoundRobin(targets: () => readonly string[]): Promise<RoundRobin> {
  let turn = 0;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const all = targets();
    for (let attempt = 0; attempt < all.length; attempt++) {
      const target = all[turn++ % all.length];
      if (await pass(incoming, Buffer.concat(chunks), target, outgoing)) return;
    }
    outgoing.writeHead(502).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** False where the target did not begin to answer. */
function pass(
  { method, url, headers, socket }: IncomingMessage,
  body: Buffer,
  target: string,
  outgoing: ServerResponse,
): Promise<boolean> {
  const client = headers['x-test-client'] ?? socket.remoteAddress;
  const forwarded = { ...headers, 'x-forwarded-for': `${client}`, 'x-forwarded-host': headers.host };
  return new Promise((resolve) => {
    const passed = ask(new URL(url!, target), { method, headers: forwarded, agent: false }, (answer) => {
      resolve(true);
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    passed.on('error', () => resolve(false));
    passed.end(body);
  });
}
