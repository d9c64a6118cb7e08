/** Nobody becomes someone else by writing a cookie. */
import { describe, expect, it } from 'vitest';
import { Identity } from './identity.ts';

const identity = new Identity('a secret of at least thirty-two bytes');

describe('Identity', () => {
  const name = identity.newName();
  const cookie = identity.cookieFor(name, false);
  const pair = cookie.split(';')[0];

  it('knows its own cookie again, also among others', () => {
    expect(identity.nameIn(pair)).toBe(name);
    expect(identity.nameIn(`a=b; ${pair}; c=d`)).toBe(name);
    expect(identity.nameIn(pair), 'a second time, from memory').toBe(name);
  });

  it('says how browsers are to keep it', () => {
    expect(cookie).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    expect(identity.cookieFor(name, true)).toMatch(/; Secure$/);
    expect(new Identity('x', '/inkling').cookieFor(name, false)).toContain('; Path=/inkling/;');
  });

  it('turns away what it did not sign', () => {
    const other = new Identity('another secret of thirty-two bytes').cookieFor(name, false).split(';')[0];
    const stolen = pair.replace(name, identity.newName());
    const broken = [
      '',
      'inkling',
      'inkling=',
      `inkling=${name}`,
      `inkling=${name}.`,
      'inkling=a.b',
      other,
      stolen,
    ];
    for (const text of broken) expect(identity.nameIn(text), text).toBeUndefined();
    expect(identity.nameIn(undefined)).toBeUndefined();
  });

  it('finds its own behind a forged one of the same name', () => {
    expect(identity.nameIn(`inkling=forged; ${pair}`)).toBe(name);
  });

  it('makes names that do not repeat', () => {
    expect(new Set(Array.from({ length: 1000 }, () => identity.newName())).size).toBe(1000);
  });
});
