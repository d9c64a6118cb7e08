/** What surrounds every request: who asks, may they, what every answer says, and one line in the log. */
import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { answerError } from './errors.ts';
import { HttpProblem } from './problem.ts';
import { plainAddress, TrustedProxies } from './security/addresses.ts';
import { SECURITY_HEADERS } from './security/headers.ts';
import { whyForeign } from './security/origin.ts';
import type { AppEnvironment, Services } from './services.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const NO_ADDRESS = '0.0.0.0';

export function guard(services: Services): MiddlewareHandler<AppEnvironment> {
  const { configuration, lifecycle, logger, metrics } = services;
  const proxies = new TrustedProxies(configuration.trustedProxies);
  return async (c, next) => {
    const start = performance.now();
    identify(c, proxies);
    c.header('X-Request-Id', c.get('requestId'));
    for (const name in SECURITY_HEADERS) c.header(name, SECURITY_HEADERS[name]);
    const { method } = c.req;
    const reason = SAFE_METHODS.has(method)
      ? undefined
      : whyForeign((name) => c.req.header(name), c.get('host'));
    if (reason === undefined) await next();
    else c.res = answerError(new HttpProblem(403, reason), c, services);
    // The server may have been told to stop in the meantime.
    if (lifecycle.state === 'draining') c.header('Connection', 'close');
    const milliseconds = performance.now() - start;
    const { status } = c.res;
    const route = reason === undefined ? routePath(c) : '*';
    metrics.request(method, route, status, milliseconds);
    logger.info(
      { id: c.get('requestId'), method, route, status, milliseconds: Math.round(milliseconds * 10) / 10 },
      'request',
    );
  };
}

/** Finds out who asks and by what name, as far as the proxies between us can be trusted. */
function identify(c: Context<AppEnvironment>, proxies: TrustedProxies): void {
  const given = c.req.header('x-request-id');
  c.set('requestId', given !== undefined && REQUEST_ID.test(given) ? given : randomUUID());
  const socket = c.env?.incoming?.socket;
  const socketAddress = socket?.remoteAddress ?? NO_ADDRESS;
  const isProxied = proxies.includes(socketAddress);
  const forwarded = (name: string) =>
    isProxied ? c.req.header(`x-forwarded-${name}`)?.split(',')[0].trim() : undefined;
  c.set(
    'address',
    isProxied
      ? proxies.clientOf(socketAddress, c.req.header('x-forwarded-for'))
      : plainAddress(socketAddress),
  );
  c.set('host', forwarded('host') ?? c.req.header('host') ?? new URL(c.req.url).host);
  c.set('isSecure', forwarded('proto') === 'https' || (socket !== undefined && 'encrypted' in socket));
}
