/** Requests that change something must not come from other sites. */
import { describe, expect, it } from 'vitest';
import { whyForeign } from './origin.ts';

type Headers = Record<string, string>;

const from = (headers: Headers, host = 'digits.example:3000') =>
  whyForeign((name) => headers[name], host) === undefined;

describe('whyForeign', () => {
  it.each<[Headers, string]>([
    [{}, 'no browser'],
    [{ 'sec-fetch-site': 'same-origin' }, 'our page'],
    [{ 'sec-fetch-site': 'none' }, 'the address bar'],
    [{ origin: 'http://digits.example:3000' }, 'our page in an older browser'],
    [{ referer: 'http://digits.example:3000/index.html' }, 'our page in a very old browser'],
  ])('lets %j pass: %s', (headers) => {
    expect(from(headers)).toBe(true);
  });

  it.each<Headers>([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://digits.example:3000' },
    { origin: 'https://evil.example' },
    { origin: 'http://digits.example' },
    { origin: 'http://digits.example:3000.evil.example' },
    { origin: 'null' },
    { origin: '' },
    { referer: 'https://evil.example/?http://digits.example:3000/' },
  ])('turns %j away', (headers) => {
    expect(from(headers)).toBe(false);
  });

  it('turns away an origin where it does not know its own name', () => {
    expect(
      whyForeign((name) => (name === 'origin' ? 'http://a.example' : undefined), undefined),
    ).toBeDefined();
  });
});
