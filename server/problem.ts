/** Errors as clients see them: problem details of RFC 9457. */

import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';

export type ProblemStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 408
  | 409
  | 411
  | 413
  | 415
  | 422
  | 429
  | 431
  | 499
  | 500
  | 503
  | 507;

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  requestId: string;
}

/** Thrown anywhere below a route; it becomes the answer. `detail` is one sentence for people. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';
  readonly status: ProblemStatus;
  readonly headers: Record<string, string>;

  constructor(
    status: ProblemStatus,
    detail: string,
    { headers = {}, cause }: { headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, { cause });
    this.status = status;
    this.headers = headers;
  }
}

/** Too much at the moment: try again in some seconds. */
export function busy(detail: string, seconds = 1): HttpProblem {
  return new HttpProblem(503, detail, { headers: { 'Retry-After': `${Math.max(1, Math.ceil(seconds))}` } });
}

/** A problem's body. There is a page about none of them, so the type is the one that says: see the status. */
export function problemOf(status: number, detail: string, instance: string, requestId: string): Problem {
  return { type: 'about:blank', title: titleOf(status), status, detail, instance, requestId };
}

function titleOf(status: number): string {
  return status === 499 ? 'Client Closed Request' : (STATUS_CODES[status] ?? 'Error');
}

export function answerProblem(c: Context, problem: HttpProblem): Response {
  const body = problemOf(problem.status, problem.message, c.req.path, c.get('requestId') ?? '');
  return c.body(JSON.stringify(body), problem.status as 400, {
    ...problem.headers,
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  });
}
