/** Numbers for people. */

/** Made when the first number comes: it takes milliseconds, and not every command shows one. */
let whole: Intl.NumberFormat | undefined;

/** 12345 as `12,345`. */
export function count(value: number): string {
  whole ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  return whole.format(value);
}

/** `1 picture`, `12 pictures`. */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** 0.9912 as `99.12 %`; a dash where there is nothing to tell. */
export function percent(share: number, digits = 2): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–';
}

/** 83 seconds as `1:23`, 3,723 as `1:02:03`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–:––';
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [first, ...rest] = parts[0] > 0 ? parts : parts.slice(1);
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB'];

/** 9912422 bytes as `9.9 MB`. */
export function byteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < BYTE_UNITS.length - 1; unit++) value /= 1000;
  return `${unit > 0 && value < 99.95 ? value.toFixed(1) : Math.round(value)} ${BYTE_UNITS[unit]}`;
}

/** 16,933,000 as `16.9 M`. */
export function magnitude(value: number): string {
  if (value < 1e4) return count(value);
  const [divisor, unit] =
    value < 1e6 ? [1e3, 'k'] : value < 1e9 ? [1e6, 'M'] : value < 1e12 ? [1e9, 'G'] : [1e12, 'T'];
  return `${(value / divisor).toFixed(1)} ${unit}`;
}
