/** Whose request it is. */
import type { Context } from 'hono';
import { HttpProblem } from '../problem.ts';
import type { AppEnvironment, Services } from '../services.ts';

/**
 * The owner that the cookie names; where there is none, a new one, who gets a cookie with the answer.
 *
 * For the page, and for what keeps something: of two requests of a stranger at once, each would bring a cookie of its
 * own, and what was kept for one of them would be nobody's.
 */
export function ownerOf(c: Context<AppEnvironment>, { identity }: Services): string {
  const known = identity.nameIn(c.req.header('cookie'));
  if (known !== undefined) return known;
  const owner = identity.newName();
  c.header('Set-Cookie', identity.cookieFor(owner, c.get('isSecure')));
  return owner;
}

/** The owner that the cookie names, or nobody: "". */
export function nameOf(c: Context<AppEnvironment>, { identity }: Services): string {
  return identity.nameIn(c.req.header('cookie')) ?? '';
}

export const noSuchPrediction = () =>
  new HttpProblem(404, 'You have no prediction of this id; it may have been deleted.');
