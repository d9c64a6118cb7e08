/**
 * How many times a JPEG goes over its pixels.
 *
 * A progressive JPEG refines the whole picture with every scan, and a scan that says "no change" takes a handful of
 * bytes: a small file can make a decoder go over millions of pixels thousands of times, in one call that no time limit
 * interrupts. Cameras and programs write about ten scans.
 *
 * Source: ITU-T T.81, annex B. A byte 255 in compressed data is followed by 0, so a marker cannot hide there.
 */

export const MOST_SCANS = 64;

const MARKER = 0xff;
const START_OF_SCAN = 0xda;

/** Whether a file has more than `MOST_SCANS` scans. Thumbnails within it are counted too. */
export function hasTooManyScans(bytes: Uint8Array): boolean {
  let scans = 0;
  for (let at = bytes.indexOf(MARKER); at >= 0; at = bytes.indexOf(MARKER, at + 1)) {
    if (bytes[at + 1] === START_OF_SCAN && ++scans > MOST_SCANS) return true;
  }
  return false;
}
