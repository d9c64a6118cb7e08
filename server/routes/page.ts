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

/** What brings a name is not for caches that others share. */
const NAMED = { 'Cache-Control': 'private, no-cache' };

export function addPage(app: App, services: Services, root: string): void {
  app.get('/', (c) => answer(c, services, '/'));
  app.get('*', (c) => answer(c, services, c.req.path.slice(root.length)));
}

async function answer(c: Context<AppEnvironment>, services: Services, path: string): Promise<Response> {
  const isPage = path === '/' || path === '';
  // Who opens the page has a name before anything is sent from it.
  if (isPage) ownerOf(c, services);
  const found = await services.page.find(path || '/', c.req.header('accept-encoding'));
  if (!found) {
    if (isPage) return c.html(NOT_BUILT, 200, NAMED);
    throw new HttpProblem(404, `There is nothing at ${c.req.path}.`);
  }
  const headers: Record<string, string> = { ...found.headers, ...(isPage && NAMED) };
  if (c.req.header('if-none-match') === found.etag) {
    return c.body(null, 304, { 'Cache-Control': headers['Cache-Control'], ETag: found.etag });
  }
  return c.body(new Uint8Array(found.content), 200, headers);
}
