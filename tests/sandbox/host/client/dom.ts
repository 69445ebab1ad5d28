// Elements with little ceremony. Text is always text: nothing here takes html.
type Child = Node | string | undefined;
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Readonly<Record<string, string | boolean | undefined>> = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}
export function button(label: string, onClick: () => void, attributes: Readonly<Record<string, string | boolean | undefined>> = {}, icon?: Node): HTMLButtonElement {
  const element = el("button", { type: "button", ...attributes }, icon, el("span", {}, label));
  element.addEventListener("click", onClick);
  return element;
}
