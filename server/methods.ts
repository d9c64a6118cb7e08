/** Which methods the app knows at a path, so that a wrong one is told apart from a path that is not there. */
import type { Context } from 'hono';
import { METHOD_NAME_ALL } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';
import { HttpProblem } from './problem.ts';
import type { App, AppEnvironment, Services } from './services.ts';

export class KnownMethods {
  readonly #router = new TrieRouter<string>();

  constructor({ routes }: Pick<App, 'routes'>) {
    for (const { method, path } of routes) {
      // What answers any path says nothing about this one.
      if (method === METHOD_NAME_ALL || path.endsWith('*')) continue;
      this.#router.add(METHOD_NAME_ALL, path, method);
      if (method === 'GET') this.#router.add(METHOD_NAME_ALL, path, 'HEAD');
    }
  }

  /** In the alphabet's order; empty where the path is not known. */
  at(path: string): string[] {
    const [found] = this.#router.match(METHOD_NAME_ALL, path);
    return [...new Set(found.map(([method]) => method))].sort();
  }
}

/**
 * Answers what no route took: OPTIONS, with the methods that there are.
 *
 * @throws HttpProblem 405 where the path is known by other methods, 404 where it is not.
 */
export async function answerUnrouted(
  c: Context<AppEnvironment>,
  known: KnownMethods,
  { page, configuration: { basePath = '' } }: Services,
): Promise<Response> {
  const { method, path } = c.req;
  const methods = known.at(path);
  if (
    methods.length === 0 &&
    path.startsWith(`${basePath}/`) &&
    (await page.find(path.slice(basePath.length)))
  ) {
    methods.push('GET', 'HEAD');
  }
  if (methods.length === 0) {
    throw new HttpProblem(404, `There is nothing at ${path}; ${basePath}/docs lists what there is.`);
  }
  const headers = { Allow: [...methods, 'OPTIONS'].join(', ') };
  if (method === 'OPTIONS') return c.body(null, 204, headers);
  const ways = methods.length === 1 ? `${methods[0]} is` : `${methods.join(', ')} are`;
  throw new HttpProblem(405, `${method} is not possible at ${path}; ${ways}.`, { headers });
}
