/**
 * Whether another site makes a browser send a request that changes something (cross-site request forgery).
 *
 * Browsers say where a request comes from in Sec-Fetch-Site, older ones in Origin; a page cannot lie in either. What
 * has neither comes from no browser, so nobody was tricked into sending it.
 */

/** Why a request may not change anything, as a sentence, or undefined where it may. `host` is what the client calls us. */
export function whyForeign(
  header: (name: string) => string | undefined,
  host: string | undefined,
): string | undefined {
  const site = header('sec-fetch-site');
  if (site !== undefined) {
    return site === 'same-origin' || site === 'none' ? undefined : REFUSED;
  }
  const origin = header('origin') ?? header('referer');
  if (origin === undefined) return undefined;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host ? undefined : REFUSED;
}

const REFUSED = 'This request came from another site, which may not change anything here.';
