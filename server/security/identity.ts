/**
 * Who a browser is: a random name in a cookie that the server signed, so that nobody can take another's.
 *
 * The signature is HMAC-SHA256 (RFC 2104), cut to 128 bits. The cookie says nothing else, scripts cannot read it, and
 * other sites' forms do not send it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE = 'inkling';
const NAME_BYTES = 16;
const SIGNATURE_BYTES = 16;
const YEAR_SECONDS = 31_536_000;
const MOST_REMEMBERED = 10_000;
const PATTERN = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})$/;

export class Identity {
  readonly #secret: string;
  readonly #path: string;
  /** Cookies whose signature was found right, since most requests bring one that was seen a moment ago. */
  readonly #remembered = new Map<string, string>();

  constructor(secret: string, basePath = '') {
    this.#secret = secret;
    this.#path = `${basePath}/`;
  }

  /** The name in a Cookie header; undefined where there is none, or not by our signature. */
  nameIn(cookieHeader: string | undefined): string | undefined {
    for (const cookie of cookieHeader?.split(';') ?? []) {
      const [name, value] = cookie.trim().split('=', 2);
      if (name !== COOKIE || value === undefined) continue;
      const owner = this.#remembered.get(value) ?? this.#verify(value);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  newName(): string {
    return randomBytes(NAME_BYTES).toString('base64url');
  }

  /** A Set-Cookie header. */
  cookieFor(name: string, isSecure: boolean): string {
    const value = `${name}.${this.#sign(name).toString('base64url')}`;
    return `${COOKIE}=${value}; Path=${this.#path}; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  }

  #verify(value: string): string | undefined {
    const [, name, signature] = PATTERN.exec(value) ?? [];
    if (name === undefined || !timingSafeEqual(Buffer.from(signature, 'base64url'), this.#sign(name))) {
      return undefined;
    }
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(value, name);
    return name;
  }

  #sign(name: string): Buffer {
    return createHmac('sha256', this.#secret).update(name).digest().subarray(0, SIGNATURE_BYTES);
  }
}
