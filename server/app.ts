/** The app: its routes and what surrounds them. It does not listen, so that tests can call it without a socket. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { sentenceOf } from './body/json.ts';
import { answerError } from './errors.ts';
import { guard } from './guard.ts';
import { answerUnrouted, KnownMethods } from './methods.ts';
import { HttpProblem } from './problem.ts';
import { addDocs } from './routes/docs.ts';
import { addExport } from './routes/export.ts';
import { addJobEvents } from './routes/jobEvents.ts';
import { addJobs } from './routes/jobs.ts';
import { addLearning } from './routes/learning.ts';
import { addModels } from './routes/models.ts';
import { addLiveFigures, addOperations } from './routes/operations.ts';
import { addPage } from './routes/page.ts';
import { addPredict } from './routes/predict.ts';
import { addPredictions } from './routes/predictions.ts';
import type { App, AppEnvironment, Services } from './services.ts';

export const API_PATH = '/api/v1';

export function createApp(services: Services): App {
  const root = services.configuration.basePath ?? '';
  const outer = newApp();
  outer.use(guard(services));
  outer.onError((error, c) => answerError(error, c, services));
  let known: KnownMethods | undefined;
  const unrouted = (c: Context<AppEnvironment>) => {
    known ??= new KnownMethods(outer);
    return answerUnrouted(c, known, services);
  };
  outer.notFound((c) => unrouted(c).catch((error) => answerError(error, c, services)));

  const api = newApp();
  addPredict(api, services);
  // Before the route of one prediction, which would take "export" for an id.
  addExport(api, services);
  addPredictions(api, services);
  addModels(api, services);
  addLearning(api, services);
  addJobEvents(api, services);
  addJobs(api, services);
  addLiveFigures(api, services);
  // The page would take what is left for the name of a file.
  api.all('*', unrouted);

  const app = newApp();
  addOperations(app, services);
  app.route(API_PATH, api);
  addDocs(app, services);
  addPage(app, services, root);

  if (root === '') outer.route('/', app);
  else {
    outer.get(root, (c) => c.redirect(`${root}/`, 308));
    outer.route(root, app);
  }
  return outer;
}

function newApp(): App {
  return new OpenAPIHono<AppEnvironment>({
    defaultHook: (result) => {
      if (!result.success) throw new HttpProblem(400, sentenceOf(result.error.issues));
    },
  });
}
