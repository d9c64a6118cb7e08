/** Deletes what is older, or more, than may be kept. */
import type { Services } from '../services.ts';

const FIRST_AFTER = 60_000;
const EVERY = 3_600_000;
const DAY = 86_400_000;

/** Looks every hour; gives what stops it. */
export function startRetention(services: Pick<Services, 'configuration' | 'store' | 'logger'>): () => void {
  const { retentionDays, maximumPredictions } = services.configuration;
  if (retentionDays === 0 && maximumPredictions === 0) return () => undefined;
  let timer = setTimeout(work, FIRST_AFTER);
  timer.unref();
  async function work(): Promise<void> {
    try {
      await prune(services);
    } catch (err) {
      services.logger.error({ err }, 'old predictions could not be deleted');
    }
    timer = setTimeout(work, EVERY);
    timer.unref();
  }
  return () => clearTimeout(timer);
}

export async function prune({
  configuration: { retentionDays, maximumPredictions },
  store,
  logger,
}: Pick<Services, 'configuration' | 'store' | 'logger'>): Promise<void> {
  const deleted = await store.prune({
    ...(retentionDays > 0 && { before: Date.now() - retentionDays * DAY }),
    ...(maximumPredictions > 0 && { count: maximumPredictions }),
  });
  if (deleted > 0) logger.info({ deleted }, 'old predictions were deleted');
}
