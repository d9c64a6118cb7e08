/**
 * `GET /predictions/export`: all of one's own predictions as a zip, written while the database is read, so that a
 * history of any length takes little memory.
 */
import { createRoute } from '@hono/zod-openapi';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import type { App, Services } from '../services.ts';
import type { Prediction } from '../store/store.ts';
import { bytes, problems } from './describe.ts';
import { nameOf } from './owner.ts';

const route = createRoute({
  method: 'get',
  path: '/predictions/export',
  summary: 'Take all of one’s own along',
  description: 'A zip of `predictions.csv` and the pictures in `pictures/`.',
  tags: ['Predictions'],
  responses: { 200: bytes('application/zip', 'The zip'), ...problems(503) },
});

const COLUMNS = [
  'id',
  'createdAt',
  'source',
  'model',
  'text',
  'rejected',
  'correction',
  'confidences',
  'width',
  'height',
  'milliseconds',
  'picture',
];

export function addExport(app: App, services: Services): void {
  app.openapi(route, async (c) => {
    const predictions = services.store.each(nameOf(c, services))[Symbol.asyncIterator]();
    // The first is fetched before the answer begins, so that a database that is away is still a 503.
    const first = await predictions.next();
    const body = zipStream(first, predictions);
    return c.body(body, 200, {
      'Content-Type': 'application/zip',
      'Content-Disposition': 'attachment; filename="inkling-predictions.zip"',
      'Cache-Control': 'private, no-store',
    });
  });
}

function zipStream(
  first: IteratorResult<Prediction>,
  rest: AsyncIterator<Prediction>,
): ReadableStream<Uint8Array> {
  let result = first;
  let csv = line(COLUMNS);
  let zip: Zip;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        zip = new Zip((error, chunk, final) => {
          if (error) return controller.error(error);
          if (chunk.length > 0) controller.enqueue(chunk);
          if (final) controller.close();
        });
      },
      async pull() {
        if (result.done) {
          const entry = new ZipDeflate('predictions.csv', { level: 6 });
          zip.add(entry);
          entry.push(new TextEncoder().encode(csv), true);
          zip.end();
          return;
        }
        const prediction = result.value;
        const name = `pictures/${prediction.id}.${prediction.pictureType === 'image/png' ? 'png' : 'webp'}`;
        csv += line(fieldsOf(prediction, name));
        // Pictures are compressed already.
        const entry = new ZipPassThrough(name);
        entry.mtime = prediction.createdAt;
        zip.add(entry);
        entry.push(prediction.picture, true);
        result = await rest.next();
      },
      async cancel() {
        await rest.return?.();
      },
    },
    { highWaterMark: 4 },
  );
}

function fieldsOf(prediction: Prediction, picture: string): string[] {
  const { id, createdAt, source, model, text, rejected, correction, digits, width, height } = prediction;
  return [
    id,
    new Date(createdAt).toISOString(),
    source,
    model,
    text,
    rejected === false ? '' : rejected,
    correction ?? '',
    digits.map(({ confidence }) => confidence.toFixed(4)).join(' '),
    `${width}`,
    `${height}`,
    prediction.milliseconds.toFixed(1),
    picture,
  ];
}

/** A line of CSV (RFC 4180). */
function line(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`;
}
