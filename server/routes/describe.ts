/** Short forms for the descriptions of routes, and for what can go wrong in several of them. */
import type { ZodType } from 'zod';
import { InklingError } from '../../src/index.ts';
import { HttpProblem } from '../problem.ts';
import { StoreUnavailableError } from '../store/store.ts';
import { ProblemSchema } from './schemas.ts';

const REASONS: Record<number, string> = {
  400: 'The request is malformed',
  401: 'The administrator’s token is wrong or missing',
  403: 'The request comes from another site, or the route is switched off',
  404: 'There is none, or it belongs to someone else',
  409: 'The id belongs to someone else, or it is under way already',
  413: 'The body is too large',
  415: 'The body is of a kind that cannot be read',
  422: 'The picture or model cannot be read',
  429: 'Too many requests; Retry-After says when to come again',
  405: 'The path is known by other methods, which Allow names',
  503: 'Too busy, stopping, or without its database; Retry-After says when to come again',
  507: 'The database has no room',
};

export function json<Schema extends ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

export function bytes(type: string, description: string) {
  return { description, content: { [type]: { schema: { type: 'string', format: 'binary' } as const } } };
}

export function problems<Status extends keyof typeof REASONS>(...statuses: Status[]) {
  const content = { 'application/problem+json': { schema: ProblemSchema } };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: REASONS[status], content }]),
  ) as Record<Status, { description: string; content: typeof content }>;
}

export const noSuchModel = (version: string) =>
  new HttpProblem(404, `There is no model ${version}; GET /api/v1/models lists those there are.`);

/** A model that is found wanting is the client's problem, unless told otherwise. */
export async function asProblem<Result>(
  work: () => Promise<Result>,
  problemOf = (error: InklingError) => new HttpProblem(422, error.message, { cause: error }),
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailableError || !(error instanceof InklingError)) throw error;
    throw problemOf(error);
  }
}
