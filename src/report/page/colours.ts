/** Colours for what is drawn over each other: runs, or arms of a study. */

/** To be told from each other, and from the paper, by day and by night. */
const VALUES = [
  ...['#2f7fc1', '#c76a00', '#148a4a', '#d43d3d', '#8f5bd6'],
  ...['#0a8c9c', '#c9428f', '#7a8500', '#84766c'],
];

/** Their names in the style sheet; as many lines of a chart can be told apart. */
export const COLOURS = VALUES.map((_, index) => `var(--arm-${index})`);

export const COLOUR_STYLE = `:root { ${VALUES.map((colour, index) => `--arm-${index}: ${colour};`).join(' ')} }
ul.keys { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; font-size: .875rem; }`;

/** An entry of a chart's `ul.keys`. The name is HTML. */
export function colourKey(name: string, colour: string | undefined): string {
  return `<li><span class="key" style="background:${colour}"></span>${name}</li>`;
}
