/** Pieces of HTML that reports share. */

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A table in a box of its own, which scrolls where the page is narrow. Cells are HTML. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${text}</${tag}>`).join('')}</tr>`;
  const lines = [cells('th', head), ...rows.map((row) => cells('td', row))];
  return `<div class="scroll"><table>${lines.join('\n')}</table></div>`;
}
