/**
 * Turning the compiled kernels, which import a shared memory, into kernels that import one of a single thread.
 *
 * The two differ by one bit: the import of the memory says in its flags whether it is shared. No kernel uses atomic
 * instructions.
 */
import { InklingError } from '../../errors.ts';

const HEADER_BYTES = 8;
const IMPORT_SECTION = 2;
const MEMORY = 2;
const SHARED = 2;

/** A copy of a module whose only import is a shared memory, with an import of a plain memory instead. */
export function unshare(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let position = HEADER_BYTES;

  /** An unsigned LEB128 number. */
  function number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[position++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  function skip(length: number): void {
    position += length;
  }

  while (position < bytes.length) {
    const section = bytes[position++];
    const length = number();
    if (section !== IMPORT_SECTION) {
      skip(length);
      continue;
    }
    const imports = number();
    skip(number());
    skip(number());
    const kind = bytes[position++];
    if (imports !== 1 || kind !== MEMORY) break;
    const copy = bytes.slice();
    copy[position] &= ~SHARED;
    return copy;
  }
  throw new InklingError(
    'The compiled kernels import more than a memory; build them anew with "npm run build:kernels".',
  );
}
