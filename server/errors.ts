/** Whatever was thrown while answering, as an answer. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { UsageError } from '../src/index.ts';
import type { Refused } from './operations/metrics.ts';
import { answerProblem, HttpProblem, type ProblemStatus } from './problem.ts';
import type { AppEnvironment, Services } from './services.ts';
import { StoreFullError, StoreUnavailableError } from './store/store.ts';

const REFUSALS: Partial<Record<number, Refused>> = {
  403: 'foreign',
  413: 'tooLarge',
  422: 'unreadable',
  429: 'rate',
  503: 'busy',
  507: 'full',
};
const DATABASE_SECONDS = 2;

export function answerError(error: unknown, c: Context<AppEnvironment>, services: Services): Response {
  const problem = asProblem(error);
  const refusal = REFUSALS[problem.status];
  if (refusal) services.metrics.refused(refusal);
  const cause = problem.cause ?? error;
  if (problem.status === 500 || cause instanceof StoreUnavailableError) {
    services.logger.error({ id: c.get('requestId'), err: cause }, 'request failed');
  }
  return answerProblem(c, problem);
}

function asProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof StoreFullError) {
    return new HttpProblem(
      507,
      'There is no room to keep anything more; delete what you no longer need, or try again later.',
      { cause: error },
    );
  }
  if (error instanceof StoreUnavailableError) {
    return new HttpProblem(503, 'The database cannot be reached; try again in a moment.', {
      headers: { 'Retry-After': `${DATABASE_SECONDS}` },
      cause: error,
    });
  }
  if (error instanceof UsageError) return new HttpProblem(400, error.message, { cause: error });
  if (error instanceof HTTPException && error.status < 500) {
    return new HttpProblem(error.status as ProblemStatus, error.message || 'The request is malformed.');
  }
  return new HttpProblem(
    500,
    'Something went wrong here; the server has logged it under this request’s id.',
    {
      cause: error,
    },
  );
}
