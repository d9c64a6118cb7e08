/** The server's interface, under the page's own address, wherever a proxy has put that. */
import { eventsIn, type ServerEvent } from '../client/eventStream.ts';
import type { JobLine, Job as QueueJob } from '../jobs/queue.ts';

export type { JobLine };

export const API = new URL('api/v1/', document.baseURI);

export type Source = 'drawing' | 'upload' | 'camera';

export interface ServerDigit {
  digit: number;
  confidence: number;
  probabilities: number[];
  notDigit: number;
  box: [number, number, number, number];
  /** 784 bytes in base64; lists leave it out. */
  image?: string;
}

export interface Prediction {
  id: string;
  model: string;
  text: string;
  digits: ServerDigit[];
  rejected: string | false;
  milliseconds: number;
  width: number;
  height: number;
  createdAt: string | number;
  source: Source | 'api';
  correction: string | null;
}

export interface PredictionPage {
  predictions: Prediction[];
  next: string | null;
  total: number;
}

/** That a candidate answers some browsers in place of the champion. */
export interface Trial {
  champion: string;
  candidate: string;
  share: number;
}

export interface ModelList {
  current: string;
  /** Which model answers this browser. */
  yours?: string;
  trial?: Trial | null;
  models: {
    version: string;
    name: string;
    createdAt: string | number;
    state?: 'candidate' | 'champion' | 'archived' | 'rejected';
    reason?: string | null;
  }[];
}

/** How often something was so, of how many, and how far that may be off. */
export interface Rate {
  count: number;
  of: number;
  rate: number | null;
  interval: [number, number];
}

/** How models fare with people. */
export interface UsageList {
  trial: Trial | null;
  models: { version: string; predictions: number; corrections: Rate; agreement: Rate | null }[];
}

/** What someone said a picture shows, as an administrator sees it. */
export interface Correction {
  id: string;
  client: string;
  text: string;
  correction: string;
  createdAt: number;
  correctedAt: number;
  digits: ServerDigit[];
}

export interface FinetuneStatus {
  state: 'idle' | 'running' | 'promoted' | 'candidate' | 'rejected' | 'failed';
  progress: { epoch: number; epochs: number; step: number; steps: number } | null;
  reason: string | null;
}

/** A job of the queue, as an administrator sees it. Times are milliseconds since 1970. */
export type Job = Omit<QueueJob, 'priority' | 'payload' | 'progress' | 'result' | 'heardAt'> & {
  progress: { epoch?: number; epochs?: number; step?: number; steps?: number } | null;
};

export interface JobPage {
  /** The latest first. */
  jobs: Job[];
  counts: Record<Job['state'], number>;
}

/** The server said no, or could not be reached (status 0). */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  /** Seconds until it makes sense to ask again. */
  readonly retryAfter: number;

  constructor(sentence: string, status: number, retryAfter = 0) {
    super(sentence);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const unreachable = () => new ApiError('The server cannot be reached.', 0);

async function request(path: string, options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(new URL(path, API), options);
  } catch (cause) {
    throw cause instanceof DOMException ? cause : unreachable();
  }
  if (!response.ok)
    throw problemOf(await response.text(), response.status, response.headers.get('Retry-After'));
  return response;
}

/** The sentence of a problem as RFC 9457 has it, or one of ours. */
function problemOf(body: string, status: number, retryAfter: string | null): ApiError {
  let sentence = `The server answered ${status}.`;
  try {
    const { detail, title } = JSON.parse(body);
    if (typeof (detail ?? title) === 'string') sentence = detail ?? title;
  } catch {
    // A proxy's page, or nothing.
  }
  return new ApiError(sentence, status, Number(retryAfter) || 0);
}

/** What the server answers; an answer that is not whole, or another's, is none. */
async function ask<Body>(path: string, options?: RequestInit): Promise<Body> {
  const response = await request(path, options);
  return response.json().catch((cause) => {
    throw cause instanceof DOMException ? cause : unreachable();
  });
}

export interface ListQuery {
  search?: string;
  corrected?: boolean;
  after?: string;
  limit?: number;
}

export function listPredictions(query: ListQuery, signal?: AbortSignal): Promise<PredictionPage> {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(key, String(value));
  }
  return ask(`predictions?${parameters}`, { signal });
}

export const getPrediction = (id: string): Promise<Prediction> => ask(`predictions/${id}`);

export const imageAddress = (id: string): string => new URL(`predictions/${id}/image`, API).href;

export const exportAddress = (): string => new URL('predictions/export', API).href;

export async function removePrediction(id: string): Promise<void> {
  await ask(`predictions/${id}`, { method: 'DELETE' });
}

export async function removeAllPredictions(): Promise<number> {
  return (await ask<{ deleted: number }>('predictions', { method: 'DELETE' })).deleted;
}

export async function correct(id: string, text: string | null): Promise<void> {
  const path = `predictions/${id}/correction`;
  if (text === null) await ask(path, { method: 'DELETE' });
  else {
    const headers = { 'Content-Type': 'application/json' };
    await ask(path, { method: 'PUT', headers, body: JSON.stringify({ text }) });
  }
}

export const listModels = (): Promise<ModelList> => ask('models');

export const modelUsage = (): Promise<UsageList> => ask('models/usage');

/** A request that only an administrator may make. */
export type AdminRequest = (token: string, method: string, path: string, body?: object) => Promise<unknown>;

export const askAsAdmin: AdminRequest = async (token, method, path, body) => {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(body && { 'Content-Type': 'application/json' }),
  };
  return ask(path, { method, headers, body: body && JSON.stringify(body) });
};

/** What the server tells an administrator as it happens, until it or the signal ends that. */
export type AdminEvents = (token: string, path: string, signal: AbortSignal) => AsyncGenerator<ServerEvent>;

export const followAsAdmin: AdminEvents = async function* (token, path, signal) {
  const response = await request(path, { headers: { Authorization: `Bearer ${token}` }, signal });
  yield* eventsIn(response.body!);
};

export const getModel = (version: string): Promise<Record<string, unknown>> => ask(`models/${version}`);

export const weightsAddress = (version: string): string => new URL(`models/${version}/weights`, API).href;

export interface Upload {
  id: string;
  source: Source;
  picture: Blob;
}

/** A connection on which nothing has moved for so many milliseconds is given up. */
const STALLED = 60_000;

/**
 * Sends a picture; fetch cannot tell how much of it has gone, so this is the older way.
 *
 * @throws {ApiError} what the server says, or with status 0 that it was not heard: a connection that broke or stands
 *   still, or another's answer, as of a network that wants its visitors to log in.
 */
export async function predict(
  { id, source, picture }: Upload,
  onProgress?: (share: number) => void,
  signal?: AbortSignal,
): Promise<Prediction> {
  const body = new FormData();
  body.set('id', id);
  body.set('source', source);
  body.set('image', picture, 'picture');
  const sending = new XMLHttpRequest();
  await ended(sending, body, onProgress, signal);
  const { status, responseText } = sending;
  if (status !== 200 && status !== 201)
    throw problemOf(responseText, status, sending.getResponseHeader('Retry-After'));
  try {
    return JSON.parse(responseText);
  } catch {
    throw unreachable();
  }
}

/** Posts a prediction's body; resolves when the answer is there, whatever it says. */
async function ended(
  sending: XMLHttpRequest,
  body: FormData,
  onProgress?: (share: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const cancel = () => sending.abort();
  let patience: ReturnType<typeof setTimeout> | undefined;
  const moved = () => {
    clearTimeout(patience);
    patience = setTimeout(cancel, STALLED);
  };
  signal?.addEventListener('abort', cancel);
  try {
    await new Promise<void>((resolve, reject) => {
      sending.open('POST', new URL('predict', API));
      sending.upload.onprogress = ({ loaded, total }) => {
        moved();
        onProgress?.(total > 0 ? loaded / total : 0);
      };
      sending.onload = () => resolve();
      sending.onerror = () => reject(unreachable());
      sending.onabort = () =>
        reject(signal?.aborted ? new DOMException('Cancelled.', 'AbortError') : unreachable());
      sending.send(body);
      moved();
    });
  } finally {
    clearTimeout(patience);
    signal?.removeEventListener('abort', cancel);
  }
}

/** Bytes of base64. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
