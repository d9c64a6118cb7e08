/** A picture that someone waits to have read: the question, how long it may take, and the answer that is to come. */
import { busy, HttpProblem } from '../problem.ts';
import type { Answer, Question, Refusal } from './messages.ts';

export interface Terms {
  /** Milliseconds from now. */
  deadline: number;
  /** Says when whoever asked has gone. */
  signal?: AbortSignal;
  /** Called where the job is given up, whatever for. */
  onGivenUp: (job: Job) => void;
  /** Called after that where the deadline was the reason. */
  onLate: (job: Job) => void;
}

/** Bytes of a file that take about as long to read as asking the network of one digit does. */
const BYTES_PER_COST = 2048;

export class Job {
  readonly question: Question;
  /** Rejects with an `HttpProblem`. */
  readonly answer: Promise<Answer>;
  /** How many threads it was given to. */
  attempts = 0;
  readonly #terms: Terms;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort: () => void;
  #settle!: { resolve(answer: Answer): void; reject(error: Error): void };
  #isSettled = false;

  constructor(question: Question, terms: Terms) {
    this.question = question;
    this.#terms = terms;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#onAbort = () => this.#giveUp(new HttpProblem(499, 'Whoever sent the picture has gone.'));
    this.#timer = setTimeout(() => {
      this.#giveUp(busy('The picture could not be read in time; try again in a moment.'));
      terms.onLate(this);
    }, terms.deadline);
    if (terms.signal?.aborted) this.#onAbort();
    else terms.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** About how long it takes to read, in digits of data sets: files are not opened before they are in a thread. */
  get cost(): number {
    return 1 + this.question.bytes.length / BYTES_PER_COST;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  resolve(answer: Answer): void {
    this.#end();
    this.#settle.resolve(answer);
  }

  reject(error: Error): void {
    this.#end();
    this.#settle.reject(error);
  }

  refuse(refusal: Refusal): void {
    this.reject(problemOf(refusal));
  }

  #giveUp(problem: HttpProblem): void {
    this.#terms.onGivenUp(this);
    this.reject(problem);
  }

  #end(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#terms.signal?.removeEventListener('abort', this.#onAbort);
  }
}

function problemOf({ reason, message }: Refusal): HttpProblem {
  if (reason === 'unknown') return new HttpProblem(415, message);
  if (reason === 'unreadable') return new HttpProblem(422, message);
  return new HttpProblem(500, 'Reading the picture failed; the server has logged why.', {
    cause: new Error(message),
  });
}
