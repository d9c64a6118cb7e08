/**
 * The HTTP server around the app, with bounds on what a connection may cost: how long headers and bodies may take, how
 * large headers may be, how long an answer may lie there unread, how many requests may be under way on one connection,
 * how many connections there may be.
 */
import { randomUUID } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { problemOf } from './problem.ts';
import { SECURITY_HEADERS } from './security/headers.ts';
import type { App, Services } from './services.ts';

const MOST_HEADERS = 64;
const MOST_HEADER_BYTES = 16 * 1024;
const KEEP_ALIVE = 65_000;
const CHECK_EVERY = 500;
const MOST_REQUESTS_PER_SOCKET = 100_000;
/** Requests that a client may send ahead, without waiting for answers. Browsers send one. */
const MOST_AHEAD = 16;
/** How much longer than for an answer a connection may be silent. */
const SILENCE = 5000;

export function createServer(app: App, { configuration, logger }: Services): Server {
  const { requestTimeout, deadline, maximumConnections, maximumUpload } = configuration;
  const listener = getRequestListener(app.fetch, {
    errorHandler: () => problemResponse(400, 'The request is malformed.'),
  });
  const server = createHttpServer(
    {
      requestTimeout,
      headersTimeout: Math.min(requestTimeout, 10_000),
      keepAliveTimeout: KEEP_ALIVE,
      connectionsCheckingInterval: CHECK_EVERY,
      maxHeaderSize: MOST_HEADER_BYTES,
      requireHostHeader: true,
      noDelay: true,
    },
    fewAhead(listener),
  );
  // Also while an answer is being written and nobody reads it.
  server.timeout = Math.max(requestTimeout, deadline) + SILENCE;
  server.maxHeadersCount = MOST_HEADERS;
  server.maxConnections = maximumConnections;
  server.maxRequestsPerSocket = MOST_REQUESTS_PER_SOCKET;
  // Who asks before sending a body that is too large is told so at once.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers['content-length']) <= 2 * maximumUpload) response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
    const [status, detail] = PARSE_ERRORS[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
    logger.debug({ code: error.code, status }, 'connection refused');
    socket.end(rawProblem(status, detail), () => socket.destroy());
  });
  return server;
}

/** Turns away who sends more requests ahead than are allowed: all of their answers would have to be held at once. */
function fewAhead(listener: Listener): Listener {
  const underWay = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    const count = (underWay.get(socket) ?? 0) + 1;
    underWay.set(socket, count);
    response.once('close', () => underWay.set(socket, underWay.get(socket)! - 1));
    if (count <= MOST_AHEAD) return listener(request, response);
    response.writeHead(503, {
      'Content-Type': 'application/problem+json',
      'Retry-After': '1',
      Connection: 'close',
    });
    const detail = `More than ${MOST_AHEAD} requests were sent ahead on one connection; wait for the answers.`;
    response.end(JSON.stringify(problemOf(503, detail, '', randomUUID())));
  };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

const PARSE_ERRORS: Record<string, [status: number, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, `The headers are larger than ${MOST_HEADER_BYTES} bytes.`],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come in whole in time; send it again.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too large.'],
};

function problemResponse(status: number, detail: string): Response {
  const body = JSON.stringify(problemOf(status, detail, '', randomUUID()));
  return new Response(body, {
    status,
    headers: { ...SECURITY_HEADERS, 'Content-Type': 'application/problem+json', Connection: 'close' },
  });
}

/** An answer where there is no request to answer, written by hand. */
function rawProblem(status: number, detail: string): string {
  const body = JSON.stringify(problemOf(status, detail, '', randomUUID()));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
