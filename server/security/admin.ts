/** Routes that only who runs the app may use: they name a token, which is compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpProblem } from '../problem.ts';

/** Throws an `HttpProblem` unless the Authorization header holds the token. */
export function requireAdmin(authorization: string | undefined, token: string | undefined): void {
  if (token === undefined) {
    throw new HttpProblem(
      403,
      'Changing models is switched off: start the server with INKLING_ADMIN_TOKEN to switch it on.',
    );
  }
  const [, given] = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? [];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  throw new HttpProblem(
    401,
    'This needs the administrator’s token: send it as Authorization: Bearer TOKEN.',
    {
      headers: { 'WWW-Authenticate': 'Bearer' },
    },
  );
}

/** Of one length for texts of any, as the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
