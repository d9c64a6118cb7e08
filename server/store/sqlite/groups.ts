/**
 * Runs requests in groups: all that arrived while a commit was under way share the next one. A commit waits for the
 * disk, so a hundred changes that wait together take little longer than one.
 *
 * A request that fails by itself, such as by breaking a constraint, leaves the others of its group alone. When the
 * commit fails, or SQLite gives the transaction up because the disk is full, all of the group fail.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Answer, Failure, Request, Result } from './messages.ts';

type Values = Parameters<StatementSync['all']>;

/** Few more texts of queries than the store has. */
const STATEMENTS = 100;

export class Groups {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, { statement: StatementSync; reads: boolean }>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Answers in any order. Reading is done last, so that it sees what the group wrote, once that is safe. */
  run(requests: readonly Request[]): Answer[] {
    const writes = requests.filter((request) => request.writes);
    const reads = requests.filter((request) => !request.writes);
    const answers = writes.length > 0 ? this.#write(writes) : [];
    return [...answers, ...reads.map((request) => this.#answer(request))];
  }

  #write(requests: readonly Request[]): Answer[] {
    try {
      this.#database.exec('begin immediate');
      const answers: Answer[] = [];
      for (const request of requests) {
        answers.push(this.#writeOne(request));
      }
      this.#database.exec('commit');
      return answers;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback');
      return requests.map(({ number }) => ({ number, failure: describe(error) }));
    }
  }

  /** @throws the error where it ended the transaction. */
  #writeOne(request: Request): Answer {
    this.#database.exec('savepoint request');
    try {
      const results = request.queries.map((query) => this.#query(query.sql, query.parameters as Values));
      this.#database.exec('release request');
      return { number: request.number, results };
    } catch (error) {
      if (!this.#database.isTransaction) throw error;
      this.#database.exec('rollback to request');
      this.#database.exec('release request');
      return { number: request.number, failure: describe(error) };
    }
  }

  #answer({ number, queries }: Request): Answer {
    try {
      return {
        number,
        results: queries.map(({ sql, parameters }) => this.#query(sql, parameters as Values)),
      };
    } catch (error) {
      return { number, failure: describe(error) };
    }
  }

  #query(sql: string, parameters: Values): Result {
    let prepared = this.#statements.get(sql);
    if (!prepared) {
      if (this.#statements.size >= STATEMENTS) this.#statements.clear();
      const statement = this.#database.prepare(sql);
      prepared = { statement, reads: statement.columns().length > 0 };
      this.#statements.set(sql, prepared);
    }
    if (prepared.reads) return { rows: prepared.statement.all(...parameters), changes: 0 };
    return { rows: [], changes: Number(prepared.statement.run(...parameters).changes) };
  }
}

export function describe(error: unknown): Failure {
  const { message, errcode = 0 } = error as Error & { errcode?: number };
  // An extended code holds the primary one in its lowest byte.
  return { message, code: errcode & 0xff };
}
