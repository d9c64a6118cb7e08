/** The page and its files. */
import type { Context } from 'hono';
import { HttpProblem } from '../problem.ts';
import type { App, AppEnvironment, Services } from '../services.ts';
import { ownerOf } from './owner.ts';

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Inkling</title>
<p>The page is not built yet: run <code>npm run build:page</code> and load this again.
The interface for programs works without it; <a href="docs">its documentation</a> says how.</p></html>
`;

export function addPage(app: App, services: Services, root: string): void {
  app.get('/', (c) => answer(c, services, '/'));
  app.get('*', (c) => answer(c, services, c.req.path.slice(root.length)));
}

async function answer(c: Context<AppEnvironment>, services: Services, path: string): Promise<Response> {
  const isPage = path === '/' || path === '';
  const found = await services.page.find(path || '/', c.req.header('accept-encoding'));
  if (!found && !isPage) throw new HttpProblem(404, `There is nothing at ${c.req.path}.`);
  // Who opens the page has a name before anything is sent from it; it is not for caches that others share.
  if (isPage) ownerOf(c, services);
  const caching = isPage ? 'private, no-cache' : found!.headers['Cache-Control'];
  if (!found) return c.html(NOT_BUILT, 200, { 'Cache-Control': caching });
  if (c.req.header('if-none-match') === found.etag) {
    return c.body(null, 304, { ETag: found.etag, 'Cache-Control': caching });
  }
  return c.body(new Uint8Array(found.content), 200, { ...found.headers, 'Cache-Control': caching });
}
