/** Forms as browsers and programs write them, and as attackers do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpProblem } from '../problem.ts';
import { boundaryOf, parseForm } from './multipart.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const text = (content: Uint8Array | undefined) => content && Buffer.from(content).toString('latin1');

describe('boundaryOf', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data;charset=utf-8; boundary="a b:c"', 'a b:c'],
    ['image/png', undefined],
    ['multipart/form-datax; boundary=abc', undefined],
    [undefined, undefined],
  ])('of %s is %s', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary);
  });

  it('must be there in a form', () => {
    expect(() => boundaryOf('multipart/form-data')).toThrow(HttpProblem);
    expect(() => boundaryOf(`multipart/form-data; boundary="${'x'.repeat(71)}"`)).toThrow(HttpProblem);
  });
});

describe('parseForm', () => {
  it('reads what fetch writes', async () => {
    const form = new FormData();
    form.set('id', 'ünïcode');
    form.set('image', new Blob([new Uint8Array([0, 13, 10, 45, 45, 255])]), 'a"b.png');
    const request = new Request('http://x', { method: 'POST', body: form });
    const boundary = boundaryOf(request.headers.get('content-type') ?? '')!;
    const fields = parseForm(new Uint8Array(await request.arrayBuffer()), boundary);
    expect(Buffer.from(fields.get('id')!).toString()).toBe('ünïcode');
    expect([...fields.get('image')!]).toEqual([0, 13, 10, 45, 45, 255]);
  });

  it('passes over what stands before and after, and takes the first of a name', () => {
    const form = parseForm(
      bytes(
        'hello\r\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b \r\ncontent-disposition:form-data;name="a"\r\n\r\n2\r\n--b--\r\nbye',
      ),
      'b',
    );
    expect([...form].map(([name, value]) => [name, text(value)])).toEqual([['a', '1']]);
  });

  it('takes an empty field and a form without any', () => {
    const empty = parseForm(bytes('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n--b--'), 'b');
    expect(text(empty.get('a'))).toBe('');
    expect(parseForm(bytes('--b--'), 'b').size).toBe(0);
  });

  it.each([
    ['', 'its boundary is missing'],
    ['--c\r\n', 'its boundary is missing'],
    ['x--b--', 'its boundary is missing'],
    ['--b', 'it breaks off'],
    ['--b\r\nContent-Disposition: form-data; name="a"\r\n', 'no end of its headers'],
    ['--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue', 'it breaks off'],
    ['--b\r\nContent-Type: text/plain\r\n\r\nvalue\r\n--b--', 'does not name its field'],
    [`--b\r\nX: ${'x'.repeat(5000)}\r\n\r\nvalue\r\n--b--`, 'no end of its headers'],
    [
      `${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(20)}--b--`,
      'more than 16 parts',
    ],
  ])('says what is wrong with %j', (form, message) => {
    expect(() => parseForm(bytes(form), 'b')).toThrow(message);
  });

  it('gives back what was put in, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 200 })), {
          selector: ([name]) => name,
          maxLength: 16,
        }),
        (fields) => {
          const parts = fields.map(([name, value]) =>
            Buffer.concat([
              Buffer.from(`--q7Zb1\r\nContent-Disposition: form-data; name="${name}"; filename="f"\r\n\r\n`),
              value,
              Buffer.from('\r\n'),
            ]),
          );
          const form = parseForm(
            new Uint8Array(Buffer.concat([...parts, Buffer.from('--q7Zb1--\r\n')])),
            'q7Zb1',
          );
          expect([...form].map(([name, value]) => [name, [...value]])).toEqual(
            fields.map(([name, value]) => [name, [...value]]),
          );
        },
      ),
    );
  });

  it('throws problems and nothing else at bytes of any kind', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '--b',
        '--',
        '\r\n',
        '\r\n\r\n',
        'Content-Disposition: form-data; name="a"',
        '"',
        ';',
        '\n',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          parseForm(bytes(pieces.join('')), 'b');
        } catch (error) {
          expect(error).toBeInstanceOf(HttpProblem);
          expect((error as HttpProblem).status).toBe(400);
        }
      }),
      { numRuns: 500 },
    );
  });
});
