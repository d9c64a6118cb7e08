/**
 * What a file is, by its first bytes: a picture that can be read, or something else that people take for one.
 *
 * A decoder sees a file only after this has recognised it, so a file is never handed to the libraries for formats that
 * nobody asked for, such as SVG, which would be a program drawing.
 */

/** The formats that are read, by the names that sharp has for them. */
export type PictureFormat = 'avif' | 'gif' | 'jpeg' | 'png' | 'tiff' | 'webp';

/** What people call them. */
export const FORMAT_NAMES: Readonly<Record<PictureFormat, string>> = {
  avif: 'AVIF',
  gif: 'GIF',
  jpeg: 'JPEG',
  png: 'PNG',
  tiff: 'TIFF',
  webp: 'WebP',
};

export const READABLE_FORMATS = 'PNG, JPEG, WebP, GIF, AVIF or TIFF';

/** Endings of the names of such files, in small letters. */
export const PICTURE_EXTENSIONS: readonly string[] = [
  '.png',
  '.jpg',
  '.jpeg',
  '.jfif',
  '.webp',
  '.gif',
  '.avif',
  '.tif',
  '.tiff',
];

/** First bytes, each character one of them, from a position on. */
type Signature = readonly [at: number, bytes: string];

const READABLE: readonly (readonly [PictureFormat, ...Signature[]])[] = [
  ['png', [0, '\x89PNG\r\n\x1a\n']],
  ['jpeg', [0, '\xff\xd8\xff']],
  ['webp', [0, 'RIFF'], [8, 'WEBP']],
  ['gif', [0, 'GIF87a']],
  ['gif', [0, 'GIF89a']],
  ['avif', [4, 'ftypavif']],
  ['avif', [4, 'ftypavis']],
  ['tiff', [0, 'II*\0']],
  ['tiff', [0, 'MM\0*']],
];

const SAVE_AS_PNG = 'save it as PNG or JPEG and try again';
const HEIC_WAY_OUT =
  "which cannot be read here: save it as JPEG, or set the phone's camera to its most compatible format";

/** What else it may be, and what to do about it. */
const OTHERS: readonly (readonly [name: string, wayOut: string, ...Signature[]])[] = [
  ...['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'].map(
    (brand) => ['a HEIC picture', HEIC_WAY_OUT, [4, `ftyp${brand}`]] as const,
  ),
  ['a film', 'which is no picture: take a still of it', [4, 'ftyp']],
  ['a PDF document', 'which is no picture: export the page as PNG and try again', [0, '%PDF']],
  ['a BMP picture', `which cannot be read here: ${SAVE_AS_PNG}`, [0, 'BM'], [6, '\0\0\0\0']],
  ['a Photoshop file', `which cannot be read here: ${SAVE_AS_PNG}`, [0, '8BPS']],
  ['an icon', `which cannot be read here: ${SAVE_AS_PNG}`, [0, '\0\0\x01\0']],
  ['a JPEG XL picture', `which cannot be read here: ${SAVE_AS_PNG}`, [0, '\xff\x0a']],
  ['a JPEG XL picture', `which cannot be read here: ${SAVE_AS_PNG}`, [4, 'JXL ']],
  ['a JPEG 2000 picture', `which cannot be read here: ${SAVE_AS_PNG}`, [4, 'jP  ']],
  ['a BigTIFF picture', `which cannot be read here: ${SAVE_AS_PNG}`, [0, 'II+\0']],
  ['a BigTIFF picture', `which cannot be read here: ${SAVE_AS_PNG}`, [0, 'MM\0+']],
  ['a zip archive', 'which is no picture: unpack it and name the pictures in it', [0, 'PK\x03\x04']],
  ['gzipped data', 'which is no picture: unpack it first', [0, '\x1f\x8b']],
  ['a sound or a film', 'which is no picture', [0, 'RIFF']],
  ['a program', 'which is no picture', [0, '\x7fELF']],
  ['a program', 'which is no picture', [0, 'MZ']],
];

const LOOKED_AT = 512;

/**
 * The format of a picture that can be read; otherwise what the file is, as the rest of a sentence that its name begins,
 * such as `is a PDF document, which is no picture: …`.
 */
export function recognise(bytes: Uint8Array): { format: PictureFormat } | { otherwise: string } {
  if (bytes.length === 0) return { otherwise: 'is empty: name a file that holds a picture' };
  const beginning = Buffer.from(bytes.subarray(0, LOOKED_AT)).toString('latin1');
  const fits = (signatures: readonly Signature[]) =>
    signatures.every(([at, expected]) => beginning.startsWith(expected, at));
  const readable = READABLE.find(([, ...signatures]) => fits(signatures));
  if (readable) return { format: readable[0] };
  const other = OTHERS.find(([, , ...signatures]) => fits(signatures));
  if (other) return { otherwise: `is ${other[0]}, ${other[1]}` };
  return { otherwise: describeUnknown(beginning) };
}

function describeUnknown(beginning: string): string {
  const text = beginning.replace(/^(?:\xef\xbb\xbf)?\s*/, '');
  if (/^(?:<\?xml|<!--|<!DOCTYPE svg|<svg)/i.test(text) && /<svg/i.test(beginning)) {
    return 'is an SVG drawing, which is never executed here: save it as PNG and try again';
  }
  if (/^<(?:!DOCTYPE html|html)/i.test(text)) {
    return 'is a web page, not a picture: download the picture itself';
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes below 32 that texts do not have
  if (!/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(beginning)) {
    return `is text, not a picture: name a ${READABLE_FORMATS} file`;
  }
  return `is no picture of a kind that is known here: name a ${READABLE_FORMATS} file`;
}
