/**
 * Forms with files: multipart/form-data of RFC 7578, of a body that is in memory already and bounded.
 *
 * Only what browsers and programs send is taken: parts with a Content-Disposition that names a field. Names of files and
 * types that the sender claims are passed over, since nothing here trusts them.
 */
import { HttpProblem } from '../problem.ts';

const MOST_PARTS = 16;
const MOST_HEADER_BYTES = 4096;

const malformed = (what: string) => new HttpProblem(400, `The form is malformed: ${what}.`);

/** The boundary that a Content-Type names, or undefined where it is no form of this kind. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (!/^multipart\/form-data\s*(?:;|$)/i.test(contentType ?? '')) return undefined;
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i.exec(contentType!) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed('its Content-Type names no boundary');
  return boundary;
}

/** Contents by name of field; of several of one name, the first. Throws an `HttpProblem` 400. */
export function parseForm(body: Uint8Array, boundary: string): Map<string, Uint8Array> {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const fields = new Map<string, Uint8Array>();
  let position = buffer.indexOf(delimiter);
  // Something may stand before the first boundary, but that begins a line.
  if (position < 0 || (position > 0 && buffer[position - 1] !== 0x0a))
    throw malformed('its boundary is missing');
  const next = Buffer.concat([Buffer.from('\r\n'), delimiter]);
  for (let parts = 0; ; parts++) {
    position += delimiter.length;
    if (buffer[position] === 0x2d && buffer[position + 1] === 0x2d) return fields;
    while (buffer[position] === 0x20 || buffer[position] === 0x09) position++;
    if (buffer[position] !== 0x0d || buffer[position + 1] !== 0x0a) throw malformed('it breaks off');
    if (parts === MOST_PARTS) throw malformed(`it has more than ${MOST_PARTS} parts`);
    const head = position;
    const headEnd = buffer.indexOf('\r\n\r\n', head);
    if (headEnd < 0 || headEnd - head > MOST_HEADER_BYTES)
      throw malformed('a part has no end of its headers');
    const end = buffer.indexOf(next, headEnd + 2);
    if (end < 0) throw malformed('it breaks off');
    const name = nameOf(buffer.toString('utf8', head, headEnd));
    if (!fields.has(name)) fields.set(name, body.subarray(headEnd + 4, Math.max(headEnd + 4, end)));
    position = end + 2;
  }
}

function nameOf(headers: string): string {
  const disposition = headers
    .split('\r\n')
    .find((line) => /^content-disposition\s*:\s*form-data\s*;/i.test(line));
  const [, quoted, plain] = /;\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(disposition ?? '') ?? [];
  const name = quoted ?? plain;
  if (name === undefined) throw malformed('a part does not name its field');
  return name;
}
