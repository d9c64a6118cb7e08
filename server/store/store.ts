/** What the app remembers. One interface; SQLite and PostgreSQL both keep it, and one suite holds both to it. */
import { type Box, InklingError } from '../../src/index.ts';

export interface StoredDigit {
  digit: number;
  confidence: number;
  probabilities: number[];
  notDigit: number;
  box: Box;
  /** What the network saw: 28×28 bytes, 255 for ink. */
  image: Uint8Array;
}

/** How a picture came to be. */
export type Source = 'drawing' | 'upload' | 'camera' | 'api';

export interface Prediction {
  /** A UUID, made by the client or the server. */
  id: string;
  /** Which browser it belongs to. */
  owner: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  source: Source;
  /** Version of the model that answered. */
  model: string;
  text: string;
  rejected: string | false;
  digits: StoredDigit[];
  /** How long reading took, in milliseconds. */
  milliseconds: number;
  /** Size of the picture as it came, which boxes refer to. */
  width: number;
  height: number;
  /** The picture, coded anew as PNG or WebP; never the bytes that were sent. */
  picture: Uint8Array;
  pictureType: 'image/png' | 'image/webp';
  /** What it really says, as its owner told; null where nobody did. */
  correction: string | null;
  correctedAt: number | null;
}

/** A prediction without its pictures, for lists. */
export type PredictionSummary = Omit<Prediction, 'picture' | 'digits'> & {
  digits: Omit<StoredDigit, 'image'>[];
};

export interface ListOptions {
  owner: string;
  /** At most so many; 1 to 100. */
  limit: number;
  /** Where the page before ended: what it gave as `next`. Anything else is a `UsageError`. */
  after?: string;
  /** Only those whose text or correction contains this. */
  search?: string;
  /** Only those that were corrected, or were not. */
  corrected?: boolean;
}

export interface Page {
  predictions: PredictionSummary[];
  /** For the next page; null on the last. */
  next: string | null;
  /** How many there are in all. */
  total: number;
}

/** A model that this app has served. */
export interface StoredModel {
  /** `sha256` of its file, the first 12 hexadecimal digits. */
  version: string;
  name: string;
  /** The model file. */
  bytes: Uint8Array;
  createdAt: number;
}

/** Where a correction stands: nobody has looked at it yet, or it may be learnt from, or not. */
export type ReviewState = 'pending' | 'accepted' | 'rejected';

export interface StoredCorrection
  extends Pick<Prediction, 'id' | 'owner' | 'createdAt' | 'model' | 'text' | 'digits'> {
  /** What the picture says according to its owner. */
  correction: string;
  correctedAt: number;
  state: ReviewState;
  /** What it says according to the reviewer; null where that is the same. */
  relabelled: string | null;
  reviewedAt: number | null;
}

export interface CorrectionsOptions {
  /** Only those. */
  state?: ReviewState;
  /** At most so many. */
  limit: number;
  /** Where the page before ended. */
  after?: string;
}

export interface CorrectionPage {
  corrections: StoredCorrection[];
  /** For the next page; null on the last. */
  next: string | null;
  total: number;
}

export interface Review {
  state: Exclude<ReviewState, 'pending'>;
  /** What the picture really says, where that is not what its owner told. */
  text: string | null;
  at: number;
  /** Times of the prediction and correction that the reviewer saw; what was changed since is not reviewed. */
  seen?: { createdAt: number; correctedAt: number };
}

/** A model may be promoted, answers, answered once or was set aside, or was found wanting. */
export type ModelState = 'candidate' | 'champion' | 'archived' | 'rejected';

/** What is known of a model beside its file. */
export interface ModelFacts {
  /** Versions of the models that it was trained on from. */
  parents: string[];
  /** Digests of what it was trained on, by name. */
  data: Record<string, string>;
  /** Shares and counts, by name. */
  scores: Record<string, number>;
  /** Why it is in its state, for people. */
  reason: string | null;
}

export interface ModelEntry extends Omit<StoredModel, 'bytes'>, ModelFacts {
  state: ModelState;
}

/** That a model began to answer. */
export interface Promotion {
  version: string;
  /** Which answered before; null where nothing is known of one. */
  previous: string | null;
  /** Milliseconds since 1970. */
  at: number;
  reason: string | null;
}

export interface PromoteOptions {
  at: number;
  reason: string | null;
  /** Who answered before, where the alias names none yet. */
  previous?: string;
  /** Promotes only while the alias `champion` names this version. */
  onlyAfter?: string;
}

/** That a candidate is tried beside the champion: it answers some browsers, and the two read some digits both. */
export interface Trial {
  champion: string;
  candidate: string;
  /** Of the browsers that the candidate answers: 0 to `LARGEST_SHARE`. */
  share: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** That both have read. */
  digits: number;
  /** Of those, in how many both saw the same. */
  agreed: number;
}

/** A candidate never answers more than half of the browsers. */
export const LARGEST_SHARE = 0.5;

/** How often a model answered, and how often someone said that the answer was wrong. */
export interface Usage {
  version: string;
  predictions: number;
  corrections: number;
}

/**
 * Every promise that resolves after a change means that the change will survive the process, and the machine.
 * Throws a `StoreUnavailableError` where the database cannot be reached or has no room.
 */
export interface Store {
  /** Adds a prediction. Where the owner already has one of that id, it is replaced, but keeps its correction. False
   *  where the id belongs to someone else; nothing is changed then. */
  add(prediction: Prediction): Promise<boolean>;
  list(options: ListOptions): Promise<Page>;
  /** Undefined where the owner has none of that id. */
  get(owner: string, id: string): Promise<Prediction | undefined>;
  /** Sets or, with null, takes back what a prediction really says. False where the owner has none of that id. */
  correct(owner: string, id: string, correction: string | null, at: number): Promise<boolean>;
  /** False where the owner has none of that id. */
  remove(owner: string, id: string): Promise<boolean>;
  /** How many there were. */
  removeAll(owner: string): Promise<number>;
  /** All of an owner's predictions, oldest first, one at a time. */
  each(owner: string): AsyncIterable<Prediction>;
  /** Drops what is older than `before`, and the oldest beyond `count` in all; how many. Corrected ones stay longer:
   *  they go only by age. */
  prune(limits: { before?: number; count?: number }): Promise<number>;
  /** How many predictions and corrections there are in all. */
  counts(): Promise<{ predictions: number; corrections: number }>;

  /**
   * Takes `cost` from the bucket `key`, which holds `capacity` and fills up within `seconds`; consistent between all
   * servers on one database. Gives how many seconds to wait, 0 where it was granted, Infinity where the bucket never
   * holds so much.
   */
  take(key: string, cost: number, capacity: number, seconds: number): Promise<number>;

  /** Changes nothing where that version is already there, but mends its file if that was damaged. */
  addModel(model: StoredModel): Promise<void>;
  /** The newest first. */
  models(): Promise<Omit<StoredModel, 'bytes'>[]>;
  model(version: string): Promise<StoredModel | undefined>;
  /** The version that an alias such as `champion` names. */
  alias(name: string): Promise<string | undefined>;
  /** Throws a `UsageError` where there is no such model. Others see it by asking; `watchAlias` does that. */
  setAlias(name: string, version: string): Promise<void>;

  /** Keeps what is known of a model, in place of what was known. Throws a `UsageError` where there is no such model. */
  register(version: string, facts: ModelFacts & { state: Exclude<ModelState, 'champion'> }): Promise<void>;
  /** All models with what is known of them, the newest first. */
  registry(): Promise<ModelEntry[]>;
  /** Lets the alias `champion` name a model, remembers it, and ends all trials: all or nothing. False where `onlyAfter`
   *  forbade it. Throws a `UsageError` where there is no such model. */
  promote(version: string, options: PromoteOptions): Promise<boolean>;
  /** The newest first, at most `limit`. */
  promotions(limit: number): Promise<Promotion[]>;

  /** Begins a trial or changes its share, and lets the alias `candidate` name the model that is tried; a share of null
   *  ends it. Throws a `UsageError` where there are no such models. */
  setTrial(trial: { champion: string; candidate: string; share: number | null; at: number }): Promise<void>;
  /** The trial of what the alias `candidate` names beside this champion; undefined where there is none. */
  trial(champion: string): Promise<Trial | undefined>;
  /** Adds to what the two models of a trial have read both. Does nothing where there never was such a trial. */
  addReadings(readings: Pick<Trial, 'champion' | 'candidate' | 'digits' | 'agreed'>): Promise<void>;
  /** Of each model that has answered something that is still there. A correction that says the same as the answer
   *  confirms it, and does not count. */
  usage(): Promise<Usage[]>;

  /** Corrections of all owners, the latest first. A review of what its owner has changed since does not count. */
  corrections(options: CorrectionsOptions): Promise<CorrectionPage>;
  /** Keeps a decision about a correction. False where there is none, or where it is no longer what was seen. */
  review(id: string, review: Review): Promise<boolean>;

  /** Resolves where the database answers. */
  check(): Promise<void>;
  /** Finishes what was asked before. After it, everything else is refused. */
  close(): Promise<void>;
}

/** The database cannot be reached, or has no room: try again later. */
export class StoreUnavailableError extends InklingError {
  override name = 'StoreUnavailableError';
}

/** The disk is full, or the database is as large as it may be: something must be deleted first. */
export class StoreFullError extends StoreUnavailableError {
  override name = 'StoreFullError';
}
