/** Columns of text, as wide as what stands in them. */
import { visibleWidth } from './terminal.ts';

export type Alignment = 'left' | 'right';

const GAP = '  ';

/** The lines of a table. Columns without an alignment are flush left; texts may be coloured. */
export function tableLines(rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => visibleWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((text, column) => aligned(text, widths[column], alignments[column]))
      .join(GAP)
      .trimEnd(),
  );
}

export function aligned(text: string, width: number, alignment: Alignment = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - visibleWidth(text)));
  return alignment === 'left' ? text + space : space + text;
}
