/** Whose request it is. */
import type { Context } from 'hono';
import { HttpProblem } from '../problem.ts';
import type { AppEnvironment, Services } from '../services.ts';

/**
 * The owner that the cookie names, or where there is none a new one; the answer brings a cookie that lasts anew.
 *
 * For the page, and for what keeps something: of two requests of a stranger at once, each would bring a name of its
 * own, and what was kept for one of them would be nobody's.
 */
export function ownerOf(c: Context<AppEnvironment>, { identity }: Services): string {
  const owner = identity.nameIn(c.req.header('cookie')) ?? identity.newName();
  c.header('Set-Cookie', identity.cookieFor(owner, c.get('isSecure')));
  return owner;
}

/** The owner that the cookie names, or nobody: "". */
export function nameOf(c: Context<AppEnvironment>, { identity }: Services): string {
  return identity.nameIn(c.req.header('cookie')) ?? '';
}

export const noSuchPrediction = () =>
  new HttpProblem(404, 'You have no prediction of this id; it may have been deleted.');
