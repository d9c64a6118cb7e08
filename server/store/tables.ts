/** The tables as queries see them, the same on both databases. Migrations make them. */

import type { Generated } from 'kysely';

export interface Tables {
  predictions: PredictionRow;
  pictures: PictureRow;
  buckets: BucketRow;
  models: ModelRow;
  aliases: AliasRow;
  registrations: RegistrationRow;
  promotions: PromotionRow;
  reviews: ReviewRow;
  trials: TrialRow;
  jobs: JobRow;
  job_lines: JobLineRow;
  artefacts: ArtefactRow;
  artefact_parts: ArtefactPartRow;
  readings: ReadingRow;
}

/** Those of a prediction that whoever adds or reads one names. Named one by one: statements that are prepared go on
 *  working while a newer version adds a column. */
export const PREDICTION_COLUMNS = [
  'id',
  'owner',
  'created_at',
  'source',
  'model',
  'text',
  'rejected',
  'digits',
  'milliseconds',
  'width',
  'height',
  'picture_type',
  'correction',
  'corrected_at',
] as const satisfies (keyof PredictionRow)[];

/** What lists show. Everything large is in `pictures`, so that walking over rows does not read it. */
export interface PredictionRow {
  number: Generated<number>;
  id: string;
  owner: string;
  /** Milliseconds since 1970. */
  created_at: number;
  source: string;
  model: string;
  text: string;
  /** Null where the picture was not rejected. */
  rejected: string | null;
  /** As `digits.ts` packs them, without their images. */
  digits: Uint8Array;
  milliseconds: number;
  width: number;
  height: number;
  picture_type: string;
  correction: string | null;
  corrected_at: number | null;
}

export interface PictureRow {
  /** That of its prediction, with which it goes. */
  number: number;
  picture: Uint8Array;
  /** 784 bytes for each digit. */
  images: Uint8Array;
}

/** A bucket that is full has no row, or one whose `full_at` is past. */
export interface BucketRow {
  key: string;
  /** When it will be full again, in microseconds since 1970 by the database's clock. */
  full_at: number;
}

export interface ModelRow {
  version: string;
  name: string;
  bytes: Uint8Array;
  created_at: number;
}

export interface AliasRow {
  name: string;
  version: string;
}

/** What is known of a model. Models that were added without it have no row. */
export interface RegistrationRow {
  version: string;
  /** JSON, as are `data` and `scores`. */
  parents: string;
  data: string;
  scores: string;
  /** `candidate`, `archived` or `rejected`; who is champion the alias says. */
  state: string;
  reason: string | null;
}

/** That a model took the place of another. */
export interface PromotionRow {
  number: Generated<number>;
  version: string;
  /** Null where nothing is known of one before. */
  previous: string | null;
  /** Milliseconds since 1970. */
  at: number;
  reason: string | null;
}

/** What was decided about a correction, as it and its prediction were at these times. */
export interface ReviewRow {
  /** That of its prediction, with which it goes. */
  number: number;
  created_at: number;
  corrected_at: number;
  /** `accepted` or `rejected`. */
  state: string;
  /** What the picture says according to the reviewer; null where that is the correction. */
  text: string | null;
  reviewed_at: number;
}

/** That a candidate is, or was, tried beside a champion. */
export interface TrialRow {
  champion: string;
  candidate: string;
  /** Of the browsers that the candidate answers; null once the trial is over. */
  share: number | null;
  /** Milliseconds since 1970. */
  started_at: number;
  /** That both have read. */
  digits: number;
  /** Of those, in how many both saw the same. */
  agreed: number;
}

/** A unit of work. Times are milliseconds since 1970. */
export interface JobRow {
  number: Generated<number>;
  id: string;
  /** Null where it may be added again. */
  key: string | null;
  kind: string;
  label: string;
  /** `waiting`, `running`, `done`, `failed` or `cancelled`. */
  state: string;
  priority: number;
  /** JSON, as are progress and result. */
  payload: string;
  progress: string | null;
  result: string | null;
  error: string | null;
  worker: string | null;
  /** Which taking of it is the present one; who holds an earlier one has lost it. */
  attempt: number;
  /** How often it failed by itself, and how often its worker died. */
  failures: number;
  deaths: number;
  /** 1 where whoever works on it shall stop. */
  cancelling: number;
  created_at: number;
  /** It waits until then. */
  run_at: number;
  started_at: number | null;
  heard_at: number | null;
  ended_at: number | null;
}

export interface JobLineRow {
  number: Generated<number>;
  job: string;
  at: number;
  line: string;
}

export interface ArtefactRow {
  job: string;
  name: string;
  /** Names its parts. */
  content: string;
  size: number;
  sha256: string;
  created_at: number;
}

export interface ArtefactPartRow {
  content: string;
  part: number;
  job: string;
  bytes: Uint8Array;
}

export interface ReadingRow {
  batch: string;
  number: number;
  file: string;
  /** A line of JSON. */
  reading: string;
}
