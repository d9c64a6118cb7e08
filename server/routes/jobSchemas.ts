/** What the interface says of jobs. */
import { z } from '@hono/zod-openapi';
import { JOB_STATES } from '../jobs/queue.ts';

const time = z.number().openapi({ description: 'Milliseconds since 1970' });
export const JobSchema = z
  .object({
    id: z.uuid(),
    kind: z.string().openapi({ description: 'train, finetune, sweep-run or read' }),
    label: z.string().openapi({ description: 'What it is about' }),
    state: z.enum(JOB_STATES),
    priority: z.int(),
    progress: z.unknown().openapi({ description: 'How far it is, as its worker said last; null before' }),
    result: z.unknown().openapi({ description: 'What came of it; null before it is done' }),
    error: z.string().nullable().openapi({ description: 'Why it failed, or did the last time' }),
    worker: z.string().nullable(),
    attempts: z.int().openapi({ description: 'How often it was begun' }),
    isCancelling: z.boolean(),
    createdAt: time,
    startedAt: time.nullable(),
    heardAt: time.nullable().openapi({ description: 'When its worker was last heard of' }),
    endedAt: time.nullable(),
  })
  .openapi('Job');
const CountsSchema = z.object(
  Object.fromEntries(JOB_STATES.map((state) => [state, z.int()])) as Record<
    (typeof JOB_STATES)[number],
    z.ZodInt
  >,
);
export const JobListSchema = z
  .object({ jobs: z.array(JobSchema), next: z.uuid().nullable(), counts: CountsSchema })
  .openapi('JobList');
export const JobDetailsSchema = JobSchema.extend({
  files: z.array(z.object({ name: z.string(), size: z.int(), sha256: z.string(), createdAt: time })),
  lines: z
    .array(z.object({ number: z.int(), at: time, line: z.string() }))
    .openapi({ description: 'The last of what it said' }),
}).openapi('JobDetails');
