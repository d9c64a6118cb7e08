/**
 * A small client for the app's interface, typed by the same schemas. It runs in pages and in Node, and needs nothing but
 * `fetch`.
 *
 * In a page the browser keeps the cookie that says who one is. Elsewhere the client keeps it itself, so that what it sent
 * can be listed again as long as it lives; `cookie` can be kept and handed to the next one.
 */
import type { z } from 'zod';
import type { JobDetailsSchema, JobListSchema, JobSchema } from '../routes/jobSchemas.ts';
import type {
  ModelDetailsSchema,
  ModelListSchema,
  ModelSchema,
  PromotionListSchema,
  UsageListSchema,
} from '../routes/modelSchemas.ts';
import type {
  CorrectionListSchema,
  FinetuneSchema,
  FinetuneStatusSchema,
  LiveFiguresSchema,
  PredictionPageSchema,
  PredictionSchema,
  PredictionSummarySchema,
  ProblemSchema,
  ReviewSchema,
  SourceSchema,
} from '../routes/schemas.ts';
import { eventsIn } from './eventStream.ts';

export type Source = z.infer<typeof SourceSchema>;
export type Prediction = z.infer<typeof PredictionSchema>;
export type PredictionSummary = z.infer<typeof PredictionSummarySchema>;
export type PredictionPage = z.infer<typeof PredictionPageSchema>;
export type Model = z.infer<typeof ModelSchema>;
export type ModelList = z.infer<typeof ModelListSchema>;
export type ModelDetails = z.infer<typeof ModelDetailsSchema>;
export type LiveFigures = z.infer<typeof LiveFiguresSchema>;
export type UsageList = z.infer<typeof UsageListSchema>;
export type PromotionList = z.infer<typeof PromotionListSchema>;
export type CorrectionList = z.infer<typeof CorrectionListSchema>;
export type Review = z.infer<typeof ReviewSchema>;
export type Finetune = z.infer<typeof FinetuneSchema>;
export type FinetuneStatus = z.infer<typeof FinetuneStatusSchema>;
export type Job = z.infer<typeof JobSchema>;
export type JobList = z.infer<typeof JobListSchema>;
export type JobDetails = z.infer<typeof JobDetailsSchema>;
export type Problem = z.infer<typeof ProblemSchema>;

/** What happens to a job: something about it has changed, or it says a line. */
export type JobEvent =
  | { event: 'job'; data: Job }
  | { event: 'line'; data: { number: number; at: number; line: string } };

export interface JobQuery {
  state?: Job['state'];
  kind?: string;
  limit?: number;
  /** What the page before gave as `next`. */
  before?: string;
}

export interface ClientOptions {
  /** For routes that only an administrator may use. */
  token?: string;
  /** What another client's `cookie` was. */
  cookie?: string;
  fetch?: typeof fetch;
}

export interface PredictOptions {
  /** A UUID of one's own making; repeating it replaces the prediction. */
  id?: string;
  source?: Source;
  /** False: answer, and keep nothing. */
  store?: boolean;
  signal?: AbortSignal;
}

export interface ListOptions {
  limit?: number;
  after?: string;
  search?: string;
  corrected?: boolean;
}

export interface CorrectionOptions {
  state?: CorrectionList['corrections'][number]['state'];
  limit?: number;
  after?: string;
}

/** The server said no: what it said, and how many seconds to wait before trying again, if it told. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: Problem;
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter: number | undefined) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

export class InklingClient {
  readonly #base: URL;
  readonly #fetch: typeof fetch;
  readonly #token: string | undefined;
  /** Outside a browser: who this client is. */
  cookie: string | undefined;

  /** @param base where the app is, such as `http://localhost:3000/`. */
  constructor(base: string | URL, { token, cookie, fetch: fetchBy = fetch }: ClientOptions = {}) {
    this.#base = new URL('api/v1/', `${base}`.replace(/\/?$/, '/'));
    this.#fetch = fetchBy;
    this.#token = token;
    this.cookie = cookie;
  }

  /** Reads the digits in a picture file. */
  async predict(picture: Blob, { id, source, store, signal }: PredictOptions = {}): Promise<Prediction> {
    const form = new FormData();
    if (id !== undefined) form.set('id', id);
    if (source !== undefined) form.set('source', source);
    form.set('image', picture, 'picture');
    const query = store === false ? { store: 'false' } : {};
    return this.#json('POST', 'predict', { query, body: form, signal });
  }

  list(options: ListOptions = {}): Promise<PredictionPage> {
    return this.#json('GET', 'predictions', { query: { ...options } });
  }

  get(id: string): Promise<Prediction> {
    return this.#json('GET', `predictions/${encodeURIComponent(id)}`);
  }

  /** The picture that is kept, as PNG or WebP. */
  async picture(id: string): Promise<Blob> {
    return (await this.#ask('GET', `predictions/${encodeURIComponent(id)}/image`)).blob();
  }

  /** Says what a picture really says, digits and line feeds; null takes that back. */
  correct(id: string, text: string | null): Promise<Prediction> {
    const path = `predictions/${encodeURIComponent(id)}/correction`;
    if (text === null) return this.#json('DELETE', path);
    return this.#json('PUT', path, { body: { text } });
  }

  async remove(id: string): Promise<void> {
    await this.#ask('DELETE', `predictions/${encodeURIComponent(id)}`);
  }

  /** Deletes all of one's own; gives how many there were. */
  async removeAll(): Promise<number> {
    return (await this.#json<{ deleted: number }>('DELETE', 'predictions')).deleted;
  }

  /** A zip of `predictions.csv` and the pictures. */
  async export(): Promise<Blob> {
    return (await this.#ask('GET', 'predictions/export')).blob();
  }

  models(): Promise<ModelList> {
    return this.#json('GET', 'models');
  }

  model(version: string): Promise<ModelDetails> {
    return this.#json('GET', `models/${encodeURIComponent(version)}`);
  }

  /** The model file, for an engine of one's own. */
  async weights(version: string): Promise<Uint8Array> {
    const response = await this.#ask('GET', `models/${encodeURIComponent(version)}/weights`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** For administrators. */
  addModel(file: Uint8Array<ArrayBuffer>): Promise<Model> {
    return this.#json('POST', 'models', { body: new Blob([file]) });
  }

  /** For administrators. */
  async useModel(version: string): Promise<void> {
    await this.#ask('PUT', 'models/current', { body: { version } });
  }

  /** For administrators: lets the model answer that did before; gives its version. */
  async rollBack(): Promise<string> {
    return (await this.#json<{ current: string }>('POST', 'models/rollback')).current;
  }

  /** For administrators: lets a candidate answer a share of the browsers, 0 to 0.5; with 0 it only reads along. */
  async tryModel(version: string, share: number): Promise<void> {
    await this.#ask('PUT', 'models/candidate', { body: { version, share } });
  }

  /** For administrators: the champion answers everyone again. */
  async endTrial(): Promise<void> {
    await this.#ask('DELETE', 'models/candidate');
  }

  /** How each model fares with people. */
  usage(): Promise<UsageList> {
    return this.#json('GET', 'models/usage');
  }

  promotions(): Promise<PromotionList> {
    return this.#json('GET', 'models/promotions');
  }

  /** For administrators: what people corrected, the latest first. */
  corrections(options: CorrectionOptions = {}): Promise<CorrectionList> {
    return this.#json('GET', 'corrections', { query: { ...options } });
  }

  /** For administrators. */
  async review(id: string, review: Review): Promise<void> {
    await this.#ask('PUT', `corrections/${encodeURIComponent(id)}/review`, { body: { ...review } });
  }

  /** For administrators: begins to train on accepted corrections. */
  finetune(options: Finetune = {}): Promise<FinetuneStatus> {
    return this.#json('POST', 'finetune', { body: { ...options } });
  }

  /** For administrators. */
  finetuneStatus(): Promise<FinetuneStatus> {
    return this.#json('GET', 'finetune');
  }

  /** For administrators: the latest first. */
  jobs(query: JobQuery = {}): Promise<JobList> {
    return this.#json('GET', 'jobs', { query });
  }

  /** For administrators. */
  job(id: string): Promise<JobDetails> {
    return this.#json('GET', `jobs/${id}`);
  }

  /** For administrators: one that waits is cancelled at once, one that is being done is told to stop. */
  cancelJob(id: string): Promise<Job> {
    return this.#json('POST', `jobs/${id}/cancel`);
  }

  /** For administrators: what happens to a job, as it does, until it is over or the server stops. */
  async *followJob(id: string, signal?: AbortSignal): AsyncGenerator<JobEvent> {
    const response = await this.#ask('GET', `jobs/${id}/events`, { signal });
    for await (const { event, data } of eventsIn(response.body!)) {
      yield { event, data: JSON.parse(data) } as JobEvent;
    }
  }

  /** For administrators: the latest jobs, at once and whenever something about them changes, until the server stops. */
  async *followJobs(signal?: AbortSignal): AsyncGenerator<JobList> {
    const response = await this.#ask('GET', 'jobs/events', { signal });
    for await (const { data } of eventsIn(response.body!)) yield JSON.parse(data);
  }

  live(): Promise<LiveFigures> {
    return this.#json('GET', 'metrics/live');
  }

  async #json<Result>(method: string, path: string, content?: Content): Promise<Result> {
    return (await this.#ask(method, path, content)).json() as Promise<Result>;
  }

  async #ask(method: string, path: string, { query, body, signal }: Content = {}): Promise<Response> {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, `${value}`);
    }
    const headers = new Headers();
    if (this.cookie !== undefined) headers.set('Cookie', this.cookie);
    if (this.#token !== undefined) headers.set('Authorization', `Bearer ${this.#token}`);
    const isJson = body !== undefined && !(body instanceof Blob) && !(body instanceof FormData);
    if (isJson) headers.set('Content-Type', 'application/json');
    const fetchBy = this.#fetch;
    const response = await fetchBy(url, {
      method,
      headers,
      body: isJson ? JSON.stringify(body) : body,
      signal: signal ?? null,
    });
    // Browsers show no Set-Cookie to scripts, and keep the cookie themselves.
    const [cookie] = response.headers.getSetCookie?.() ?? [];
    if (cookie !== undefined) this.cookie = cookie.split(';')[0];
    if (response.ok) return response;
    throw await problemIn(response);
  }
}

interface Content {
  query?: object;
  body?: FormData | Blob | Record<string, unknown>;
  signal?: AbortSignal;
}

async function problemIn(response: Response): Promise<ProblemError> {
  const { status, statusText, url, headers } = response;
  const problem: Problem = await response.json().catch(() => ({
    type: 'about:blank',
    title: statusText,
    status,
    detail: `The server answered ${status} ${statusText}.`,
    instance: url,
    requestId: '',
  }));
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new ProblemError(problem, Number.isFinite(seconds) ? seconds : undefined);
}
