/** How models fare with people: of each, what it answered and what was put right, and how far a pair agrees. */
import type { Store, Trial } from '../store/store.ts';
import { type Rate, rateOf } from './rate.ts';

export interface ModelUsage {
  version: string;
  predictions: number;
  /** Of its predictions, those that someone said were wrong. */
  corrections: Rate;
  /** Of the digits that both models of the trial read, those in which both saw the same; null for other models. */
  agreement: Rate | null;
}

/** Of all models that answered something that is still there, and of the two that are tried. */
export async function usageOf(
  store: Pick<Store, 'usage' | 'trial'>,
  champion: string,
): Promise<{ trial: Trial | null; models: ModelUsage[] }> {
  const [rows, trial] = await Promise.all([store.usage(), store.trial(champion)]);
  const tried = trial ? [trial.champion, trial.candidate] : [];
  const counted = new Map(rows.map((row) => [row.version, row]));
  const versions = [...new Set([...tried, ...counted.keys()])];
  return {
    trial: trial ?? null,
    models: versions.map((version) => {
      const { predictions, corrections } = counted.get(version) ?? { predictions: 0, corrections: 0 };
      return {
        version,
        predictions,
        corrections: rateOf(corrections, predictions),
        agreement: trial && tried.includes(version) ? rateOf(trial.agreed, trial.digits) : null,
      };
    }),
  };
}
