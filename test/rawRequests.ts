/** Requests that no client would send: made of pieces of good ones and of rubbish, the same ones for the same number. */
import { digitFiles } from '../server/reading/testing/pictures.ts';

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'CONNECT',
  'get',
  'PROPFIND',
  'G\0T',
  '',
];
const PATHS = [
  '/',
  '/api/v1/predict',
  '/api/v1/predict?id=7&source=camera',
  '/api/v1/predictions',
  '/api/v1/predictions?limit=100&after=zzz&search=%00',
  '/api/v1/predictions?limit=-1&corrected=%ff',
  '/api/v1/predictions/export',
  '/api/v1/predictions/3b241101-e2bb-4255-8caf-4136c566a962',
  '/api/v1/predictions/3b241101-e2bb-4255-8caf-4136c566a962/correction',
  '/api/v1/predictions/%2e%2e%2f%2e%2e%2fetc%2fpasswd/image',
  '/api/v1/models/current',
  '/api/v1/models/000000000000/weights',
  '/api/v1/metrics/live',
  '/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/assets/..%5c..%5cpackage.json',
  '/%',
  '/%ff%fe',
  '//evil.example/',
  '/docs',
  '*',
  'http://evil.example/',
  'http://[::1',
  '/\\..\\',
  `/${'a'.repeat(9000)}`,
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', 'HTP/1.1'];
const HOSTS = ['localhost', 'a b', '', 'x'.repeat(300), '[::1]:1'];
const HEADERS = [
  'Content-Type: image/png',
  'Content-Type: multipart/form-data; boundary=b',
  'Content-Type: application/json',
  'Content-Type: multipart/form-data',
  'Cookie: inkling=a.b; inkling=',
  'Cookie: =;;=;',
  'Origin: https://evil.example',
  'Sec-Fetch-Site: cross-site',
  'X-Forwarded-For: 1.2.3.4, ::::',
  'Expect: 100-continue',
  'Upgrade: websocket',
  'Connection: upgrade',
  'Connection: close',
  'Accept-Encoding: br;q=0, *',
  'If-None-Match: *',
  'Authorization: Bearer x',
  'Range: bytes=0-1,5-',
  'Content-Length: 0',
  'Content-Length: 10',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 1e3',
  'Content-Length: 11000000',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Content-Type: \xff',
  'X-Request-Id: \x01',
  ': nameless',
  'no colon',
  `X-Long: ${'x'.repeat(20_000)}`,
];
const GOOD_HEADERS = 17;

/** The bytes of request number `number`. */
export function rawRequest(number: number): Buffer {
  const random = generator(number);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)];
  /** One of the good ones mostly, which are so many at the beginning. */
  const prefer = <Item>(good: number, items: readonly Item[]): Item =>
    random() < 0.85 ? pick(items.slice(0, good)) : pick(items);
  const lines = [`${prefer(4, METHODS)} ${pick(PATHS)} ${prefer(3, VERSIONS)}`];
  if (random() < 0.95) lines.push(`Host: ${prefer(1, HOSTS)}`);
  for (let i = Math.floor(random() * 4); i > 0; i--) lines.push(prefer(GOOD_HEADERS, HEADERS));
  const body = pick([
    Buffer.alloc(0),
    Buffer.from('{"text":"7"}'),
    Buffer.from('5\r\nhello\r\n0\r\n\r\n'),
    Buffer.from('ffffffffffffffffff\r\n'),
    Buffer.from('--b\r\nContent-Disposition: form-data; name="image"\r\n\r\n'),
    Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="image"\r\n\r\n'),
      digitFiles[number % 10],
      Buffer.from('\r\n--b--\r\n'),
    ]),
    Buffer.from(digitFiles[number % 10]),
    Buffer.from(digitFiles[number % 10].slice(0, 90)),
  ]);
  if (random() < 0.7) lines.push(`Content-Length: ${body.length}`);
  const request = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
  if (random() < 0.3) {
    for (let i = 1 + Math.floor(random() * 8); i > 0; i--) {
      request[Math.floor(random() * request.length)] = Math.floor(random() * 256);
    }
  }
  return random() < 0.15 ? request.subarray(0, Math.floor(random() * request.length)) : request;
}

/** Mulberry32, of the public domain. */
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
