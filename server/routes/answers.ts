/** Predictions as JSON. */
import type { Prediction, PredictionSummary, StoredDigit } from '../store/store.ts';

export function predictionJson(prediction: Omit<Prediction, 'picture' | 'pictureType' | 'owner'>) {
  return { ...commonJson(prediction), digits: prediction.digits.map(digitJson) };
}

export function summaryJson(prediction: PredictionSummary) {
  return { ...commonJson(prediction), digits: prediction.digits.map(digitSummaryJson) };
}

function commonJson({
  id,
  model,
  text,
  rejected,
  milliseconds,
  width,
  height,
  createdAt,
  source,
  correction,
}: Omit<PredictionSummary, 'digits' | 'pictureType' | 'owner' | 'correctedAt'>) {
  return { id, model, text, rejected, milliseconds, width, height, createdAt, source, correction };
}

function digitSummaryJson({ digit, confidence, probabilities, notDigit, box }: Omit<StoredDigit, 'image'>) {
  return { digit, confidence, probabilities, notDigit, box };
}

export function digitJson(digit: StoredDigit) {
  const { buffer, byteOffset, byteLength } = digit.image;
  return {
    ...digitSummaryJson(digit),
    image: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  };
}
