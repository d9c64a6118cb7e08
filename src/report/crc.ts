/** Check sums of bytes: the two cyclic redundancy checks that PNG and TensorBoard use, and PNG's Adler-32. */

/** Of PNG, gzip and Ethernet; bits reversed. */
const CRC32_POLYNOMIAL = 0xedb88320;
/** Castagnoli's, of TensorBoard's records; bits reversed. */
const CRC32C_POLYNOMIAL = 0x82f63b78;

const crc32Table = tableOf(CRC32_POLYNOMIAL);
const crc32cTable = tableOf(CRC32C_POLYNOMIAL);

function tableOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

function crc(bytes: Uint8Array, table: Uint32Array): number {
  let value = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) value = table[(value ^ bytes[i]) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}

export function crc32(bytes: Uint8Array): number {
  return crc(bytes, crc32Table);
}

export function crc32c(bytes: Uint8Array): number {
  return crc(bytes, crc32cTable);
}

/** Source: RFC 1950, section 8.2. */
export function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (let i = 0; i < bytes.length; i++) {
    low = (low + bytes[i]) % 65521;
    high = (high + low) % 65521;
  }
  return ((high << 16) | low) >>> 0;
}
