/** A web server for one page on this machine. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, sep } from 'node:path';

/** What makes a page cross-origin isolated, so that it may share memory with its workers. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
};

/** Gives the content of a path, such as `/main.js`, and its type; nothing where there is none. */
export type Source = (path: string) => Promise<{ content: string | Uint8Array; type: string } | undefined>;

/** The files of a folder. */
export function folderSource(folder: string): Source {
  return async (path) => {
    const file = join(folder, path === '/' ? 'index.html' : decodeURIComponent(path));
    if (!file.startsWith(folder + sep)) return undefined;
    try {
      return { content: await readFile(file), type: TYPES[extname(file)] ?? 'application/octet-stream' };
    } catch {
      return undefined;
    }
  };
}

/** Serves until the server is closed. */
export async function servePage(
  source: Source,
  headers: Record<string, string> = ISOLATION,
): Promise<Server> {
  const server = createServer(async (request, response) => {
    const found = await source(new URL(request.url ?? '/', 'http://page').pathname).catch(() => undefined);
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { ...headers, 'Content-Type': found.type });
    response.end(found.content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
