/** Small JSON bodies, checked against a schema. */
import type { Context } from 'hono';
import type { ZodType } from 'zod';
import { HttpProblem } from '../problem.ts';
import { type BodyBudget, readBody } from './read.ts';

const MOST_BYTES = 16 * 1024;

/** Throws an `HttpProblem` 400, 413 or 415. */
export async function readJson<Value>(
  c: Context,
  schema: ZodType<Value>,
  budget: BodyBudget,
): Promise<Value> {
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new HttpProblem(415, 'The body must be JSON: send it with Content-Type: application/json.');
  }
  const bytes = await readBody(c, MOST_BYTES, budget);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new HttpProblem(400, 'The body is not valid JSON.');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new HttpProblem(400, sentenceOf(result.error.issues));
}

/** What is wrong with a value, in a sentence. */
export function sentenceOf(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  const [{ path, message }] = issues;
  const problem = message.replace(/[.\s]+$/, '');
  return path.length > 0
    ? `The value of ${path.join('.')} is wrong: ${problem}.`
    : `The body is wrong: ${problem}.`;
}
