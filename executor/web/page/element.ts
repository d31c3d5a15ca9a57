/** Elements without a framework: made once, and changed only where what they show has changed. */

type Attributes = Readonly<Record<string, string | boolean | undefined>>;
type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...children);
  return made;
}

export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value === true ? '' : value);
}

/** @throws where the page has no such element, which is a defect. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

export function button(text: string, onClick: () => void, className = ''): HTMLButtonElement {
  const made = element('button', { type: 'button', class: className === '' ? undefined : className }, text);
  made.addEventListener('click', onClick);
  return made;
}

/** A choice with a name for those who do not see it. */
export function choice(
  label: string,
  options: Readonly<Record<string, string>>,
  onChange: (value: string) => void,
): HTMLSelectElement {
  const made = element('select', { 'aria-label': label });
  for (const [value, text] of Object.entries(options)) made.append(element('option', { value }, text));
  made.addEventListener('change', () => onChange(made.value));
  return made;
}

export function searchField(label: string, onInput: (text: string) => void): HTMLInputElement {
  const made = element('input', { type: 'search', placeholder: label, 'aria-label': label });
  made.addEventListener('input', () => onInput(made.value.trim().toLowerCase()));
  return made;
}
