/** The JSON of models: what they are, who answers, which candidate is tried, and how they fare with people. */
import { z } from '@hono/zod-openapi';
import { LARGEST_SHARE } from '../store/store.ts';

const MILLISECONDS = 'milliseconds since 1970';

export const ModelSchema = z
  .object({
    version: z.string().openapi({ description: 'First 12 digits of the SHA-256 of its file' }),
    name: z.string(),
    createdAt: z.number().openapi({ description: `When the app got it, in ${MILLISECONDS}` }),
  })
  .openapi('Model');
export const ModelEntrySchema = z
  .object({
    ...ModelSchema.shape,
    state: z
      .enum(['candidate', 'champion', 'archived', 'rejected'])
      .openapi({ description: 'It may be promoted, answers, answered once, or was found wanting' }),
    reason: z.string().nullable().openapi({ description: 'Why it is in that state, in a sentence' }),
    parents: z.array(z.string()).openapi({ description: 'Versions of the models it was trained on from' }),
    data: z.record(z.string(), z.string()).openapi({ description: 'SHA-256 of what it was trained on' }),
    scores: z.record(z.string(), z.number()),
  })
  .openapi('ModelEntry');
export const PromotionListSchema = z
  .object({
    promotions: z.array(
      z.object({
        version: z.string(),
        previous: z.string().nullable().openapi({ description: 'Which answered before' }),
        at: z.number().openapi({ description: MILLISECONDS }),
        reason: z.string().nullable(),
      }),
    ),
  })
  .openapi('PromotionList');
export const VersionSchema = z
  .string()
  .regex(/^[0-9a-f]{12}$/, 'It must be 12 hexadecimal digits')
  .openapi({ example: '586414f6fb20' });

const TrialSchema = z
  .object({
    champion: z.string(),
    candidate: z.string(),
    share: z.number().openapi({ description: 'Of the browsers that the candidate answers' }),
    startedAt: z.number().openapi({ description: MILLISECONDS }),
    digits: z.int().openapi({ description: 'That both have read' }),
    agreed: z.int().openapi({ description: 'In which both saw the same' }),
  })
  .openapi('Trial');
export const ModelListSchema = z
  .object({
    current: z.string(),
    yours: z.string().openapi({ description: 'The version that answers whoever asks' }),
    trial: TrialSchema.nullable().openapi({ description: 'The candidate that is tried, if any' }),
    models: z.array(ModelEntrySchema),
  })
  .openapi('ModelList');

export const ShareSchema = z
  .object({
    version: VersionSchema,
    share: z
      .number()
      .min(0)
      .max(LARGEST_SHARE, `It may be ${LARGEST_SHARE} at most`)
      .openapi({ description: 'Of the browsers that it shall answer; 0: it only reads along' }),
  })
  .openapi('Share');

const RateSchema = z
  .object({
    count: z.int(),
    of: z.int(),
    rate: z.number().nullable().openapi({ description: 'Null where nothing was counted' }),
    interval: z
      .tuple([z.number(), z.number()])
      .openapi({ description: 'Wilson’s: 95 % of such intervals hold the true rate' }),
  })
  .openapi('Rate');
export const UsageListSchema = z
  .object({
    trial: TrialSchema.nullable(),
    models: z.array(
      z.object({
        version: z.string(),
        predictions: z.int().openapi({ description: 'That it answered and that are still kept' }),
        corrections: RateSchema.openapi({ description: 'Of its predictions: what people said was wrong' }),
        agreement: RateSchema.nullable().openapi({
          description: 'Of the digits that champion and candidate both read; null for other models',
        }),
      }),
    ),
  })
  .openapi('UsageList');
export const ModelDetailsSchema = z
  .object({
    ...ModelSchema.shape,
    current: z.boolean(),
    bytes: z.int(),
    classNames: z.array(z.string()),
    calibration: z.object({ temperature: z.number(), examples: z.number() }).nullable(),
    parameters: z.int(),
    flops: z.number().openapi({ description: 'Of one digit' }),
    input: z.array(z.int()),
    layers: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        outputShape: z.array(z.int()),
        parameters: z.int(),
        flops: z.number(),
      }),
    ),
    provenance: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'Recipe, data, seed and scores, as training wrote them down' }),
  })
  .openapi('ModelDetails');
