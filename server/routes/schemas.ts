/** The JSON that the app takes and gives: one description for checks, types, clients and documentation. */
import { z } from '@hono/zod-openapi';

const MILLISECONDS = 'milliseconds since 1970';

export const SourceSchema = z
  .enum(['drawing', 'upload', 'camera', 'api'])
  .openapi({ description: 'How the picture came to be' });

export const IdSchema = z
  .uuid('It must be a UUID')
  .transform((id) => id.toLowerCase())
  .openapi({ description: 'UUID of a prediction', example: '3b241101-e2bb-4255-8caf-4136c566a962' });

const DigitFields = {
  digit: z.int().min(0).max(9),
  confidence: z.number().openapi({ description: 'Probability of that digit, calibrated' }),
  probabilities: z.array(z.number()).length(10).openapi({ description: 'Of the digits 0 to 9' }),
  notDigit: z.number().openapi({ description: 'Probability that it is no digit at all' }),
  box: z
    .tuple([z.number(), z.number(), z.number(), z.number()])
    .openapi({ description: 'Left, top, width and height, in pixels of the picture' }),
};

export const DigitSummarySchema = z.object(DigitFields).openapi('DigitSummary');
export const DigitSchema = z
  .object({
    ...DigitFields,
    image: z.base64().openapi({ description: 'What the network saw: 28×28 bytes, 255 for ink' }),
  })
  .openapi('Digit');

const PredictionFields = {
  id: z.uuid(),
  model: z.string().openapi({ description: 'Version of the model that answered' }),
  text: z.string().openapi({ description: 'The digits, lines joined by line feeds' }),
  rejected: z
    .union([z.string(), z.literal(false)])
    .openapi({ description: 'Why the picture holds no digit, or false' }),
  milliseconds: z.number().openapi({ description: 'How long reading took' }),
  width: z.int().openapi({ description: 'Of the picture as it was sent, in pixels' }),
  height: z.int(),
  createdAt: z.number().openapi({ description: MILLISECONDS }),
  source: SourceSchema,
  correction: z.string().nullable().openapi({ description: 'What it really says, as its owner told' }),
};

export const PredictionSchema = z
  .object({ ...PredictionFields, digits: z.array(DigitSchema) })
  .openapi('Prediction');
export const PredictionSummarySchema = z
  .object({ ...PredictionFields, digits: z.array(DigitSummarySchema) })
  .openapi('PredictionSummary');

export const PredictionPageSchema = z
  .object({
    predictions: z.array(PredictionSummarySchema),
    next: z.string().nullable().openapi({ description: 'For `after`; null on the last page' }),
    total: z.int(),
  })
  .openapi('PredictionPage');

export const ListQuerySchema = z.object({
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20),
  after: z.string().max(200).optional().openapi({ description: 'What the page before gave as `next`' }),
  search: z.string().max(100).optional().openapi({ description: 'Only those whose text holds this' }),
  corrected: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});

/** As many digits as a photo of a page may hold, and no more. */
const LONGEST_TEXT = 1000;
export const CorrectionSchema = z
  .object({
    text: z
      .string()
      .max(LONGEST_TEXT)
      .regex(/^[0-9\n]*$/, 'It may hold digits and line feeds only')
      .openapi({ description: 'What the picture says; empty where it holds no digit', example: '7' }),
  })
  .openapi('Correction');

export const DeletedSchema = z.object({ deleted: z.int() }).openapi('Deleted');

const ReviewStateSchema = z
  .enum(['pending', 'accepted', 'rejected'])
  .openapi({ description: 'Nobody has looked at it yet, or it may be learnt from, or not' });

export const CorrectionListQuerySchema = z.object({
  state: ReviewStateSchema.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20),
  after: z.string().max(200).optional().openapi({ description: 'What the page before gave as `next`' }),
});

export const CorrectionListSchema = z
  .object({
    corrections: z.array(
      z.object({
        id: z.uuid().openapi({ description: 'Of the prediction' }),
        client: z.string().openapi({ description: 'The same for all of one browser’s' }),
        model: z.string().openapi({ description: 'Version of the model that answered' }),
        text: z.string().openapi({ description: 'What the model read' }),
        correction: z.string().openapi({ description: 'What it says according to its owner' }),
        relabelled: z
          .string()
          .nullable()
          .openapi({ description: 'What it says according to the reviewer, if that is another thing' }),
        state: ReviewStateSchema,
        createdAt: z.number().openapi({ description: MILLISECONDS }),
        correctedAt: z.number(),
        reviewedAt: z.number().nullable(),
        digits: z.array(DigitSchema),
      }),
    ),
    next: z.string().nullable(),
    total: z.int(),
  })
  .openapi('CorrectionList');

export const ReviewSchema = z
  .object({
    state: z.enum(['accepted', 'rejected']),
    text: CorrectionSchema.shape.text
      .optional()
      .openapi({ description: 'What the picture really says, where the correction is wrong, too' }),
    seen: z
      .object({ createdAt: z.number(), correctedAt: z.number() })
      .optional()
      .openapi({ description: 'As the list gave them: nothing is kept where either has changed since' }),
  })
  .openapi('Review');

export const FinetuneSchema = z
  .strictObject({
    replay: z
      .enum(['mnist', 'mnist+pages', 'synthetic', 'synthetic+pages'])
      .optional()
      .openapi({ description: 'What must not be forgotten' }),
    examples: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .openapi({ description: 'How much of it is seen again' }),
    epochs: z.int().min(1).max(100).optional(),
    learningRate: z.number().positive().max(1).optional(),
  })
  .openapi('Finetune');

export const FinetuneStatusSchema = z
  .object({
    state: z.enum(['idle', 'running', 'promoted', 'candidate', 'rejected', 'failed']),
    startedAt: z.number().nullable(),
    endedAt: z.number().nullable(),
    progress: z.object({ epoch: z.int(), epochs: z.int(), step: z.int(), steps: z.int() }).nullable(),
    version: z.string().nullable().openapi({ description: 'Of the model that came of it' }),
    reason: z.string().nullable().openapi({ description: 'Why it ended so, in a sentence' }),
  })
  .openapi('FinetuneStatus');

export const LiveFiguresSchema = z
  .object({
    model: z.string(),
    startedAt: z.number(),
    uptime: z.number(),
    requests: z.int(),
    predictions: z.int(),
    predictionsPerSecond: z.number(),
    latency: z
      .object({ p50: z.number(), p90: z.number(), p99: z.number() })
      .nullable()
      .openapi({ description: 'Of the last thousand predictions, in milliseconds' }),
    rejected: z.int(),
    corrections: z.int(),
    refused: z.int(),
    restarts: z.int(),
    digits: z.array(z.int()).length(10).openapi({ description: 'How often each digit was read' }),
    batchSizes: z
      .record(z.string(), z.int())
      .openapi({ description: 'How many batches had how many digits' }),
    meanBatch: z.number(),
    queue: z.object({ waiting: z.int(), reading: z.int() }),
    workers: z.int(),
    memory: z.number().openapi({ description: 'Of the process, in bytes' }),
  })
  .openapi('LiveFigures');

export const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: 'What was wrong and what to do, in a sentence' }),
    instance: z.string(),
    requestId: z.string(),
  })
  .openapi('Problem');
