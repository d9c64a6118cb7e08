/** A curve in a terminal: eight heights a line, from the blocks of Unicode. */

const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Lines of a filled curve, the highest first, from zero to the largest value. */
export function chartLines(values: readonly number[], width: number, height: number): string[] {
  const top = Math.max(...values, Number.MIN_VALUE);
  const columns = Array.from({ length: Math.min(width, values.length) }, (_, column) => {
    const of = Math.min(width, values.length);
    const at = of === 1 ? 0 : Math.round((column * (values.length - 1)) / (of - 1));
    return (values[at] / top) * height * 8;
  });
  return Array.from({ length: height }, (_, row) => {
    const floor = (height - 1 - row) * 8;
    return columns.map((value) => BLOCKS[Math.max(0, Math.min(8, Math.round(value - floor)))]).join('');
  });
}
