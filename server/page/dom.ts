/** Elements out of a tag, attributes and children; text stays text, so that nothing a person wrote becomes HTML. */

type Value = string | number | boolean | undefined | ((event: never) => void);
export type Child = Node | string | number | undefined | false;

/** Keys that begin with `on` are listeners; true sets an attribute without a value, false and undefined leave it out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  assign(element, attributes, children);
  return element;
}

/** The same for drawings. */
export function svg(tag: string, attributes: Record<string, Value> = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  assign(element, attributes, children);
  return element;
}

function assign(element: Element, attributes: Record<string, Value>, children: readonly Child[]): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  fill(element, ...children);
}

/** Puts these children in the place of those that were there. */
export function fill(element: Element, ...children: Child[]): void {
  const present = children.filter((child) => child !== undefined && child !== false);
  element.replaceChildren(...present.map((child) => (typeof child === 'number' ? String(child) : child)));
}

/** An icon of one path on a grid of 24, which screen readers pass over. */
export function icon(path: string): SVGElement {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, svg('path', { d: path }));
}
