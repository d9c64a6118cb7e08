/**
 * A strict reader of JSON whose shape is known beforehand.
 *
 * `JSON.parse` keeps the last of two equal keys and says nothing, which lets two programs read one file in two ways.
 * This scanner refuses them, comparing keys after their escapes are resolved. It knows the three things that
 * a safetensors header is made of (objects, strings, lists of whole numbers), asks for one at a time, and never
 * recurses, so that no input, however nested, can exhaust the stack.
 */

/** Sixteen digits hold every safe integer; what follows them must not make the number longer or fractional. */
const WHOLE_NUMBER = /(?:0|[1-9][0-9]{0,15})(?![0-9.eE+-])/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LONGEST_QUOTATION = 60;

/** A name from a file, escaped and clipped, fit to be put in a message. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > LONGEST_QUOTATION ? `${name.slice(0, LONGEST_QUOTATION)}…` : name);
}

export class JsonScanner {
  readonly #text: string;
  readonly #problem: (what: string) => Error;
  #at = 0;

  /** `problem` makes the error to throw from a clause such as "a string was expected". */
  constructor(text: string, problem: (what: string) => Error) {
    this.#text = text;
    this.#problem = problem;
  }

  /** Reads an object. `readValue` is called after each key and must read its value; no key may occur twice. */
  object(readValue: (key: string) => void): void {
    this.#expect('{');
    if (this.#take('}')) return;
    const keys = new Set<string>();
    do {
      const key = this.string();
      if (keys.has(key)) throw this.#problem(`its header has the key ${quoted(key)} twice`);
      keys.add(key);
      this.#expect(':');
      readValue(key);
    } while (this.#take(','));
    this.#expect('}');
  }

  /** Reads a list of whole numbers from 0 to 2^53 - 1. */
  wholeNumbers(): number[] {
    this.#expect('[');
    const numbers: number[] = [];
    if (this.#take(']')) return numbers;
    do {
      numbers.push(this.#wholeNumber());
    } while (this.#take(','));
    this.#expect(']');
    return numbers;
  }

  /** Reads a string of well-formed Unicode. */
  string(): string {
    this.#skipSpace();
    const begin = this.#at;
    if (this.#text.charCodeAt(begin) !== QUOTE) throw this.#unexpected('a string');
    let end = begin + 1;
    while (end < this.#text.length && this.#text.charCodeAt(end) !== QUOTE) {
      end += this.#text.charCodeAt(end) === BACKSLASH ? 2 : 1;
    }
    this.#at = end + 1;
    const value = parseString(this.#text.slice(begin, end + 1));
    if (value === undefined) {
      this.#at = begin;
      throw this.#unexpected('a well-formed string');
    }
    return value;
  }

  /** Makes sure that only white space is left. */
  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected('its end');
  }

  #wholeNumber(): number {
    this.#skipSpace();
    WHOLE_NUMBER.lastIndex = this.#at;
    const digits = WHOLE_NUMBER.exec(this.#text)?.[0];
    const value = Number(digits);
    if (digits === undefined || !Number.isSafeInteger(value)) {
      throw this.#unexpected('a whole number from 0 to 2^53 - 1');
    }
    this.#at += digits.length;
    return value;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw this.#unexpected(`"${character}"`);
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && ' \n\r\t'.includes(this.#text[this.#at])) this.#at++;
  }

  #unexpected(wanted: string): Error {
    return this.#problem(`at character ${this.#at} of its header, ${wanted} was expected`);
  }
}

/** The value of a JSON string literal; undefined where it is malformed or leaves half a surrogate pair. */
function parseString(literal: string): string | undefined {
  try {
    const value: string = JSON.parse(literal);
    return value.isWellFormed() ? value : undefined;
  } catch {
    return undefined;
  }
}
