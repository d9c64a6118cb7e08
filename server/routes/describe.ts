/** Short forms for the descriptions of routes. */
import type { ZodType } from 'zod';
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
