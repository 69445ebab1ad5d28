// Reading parsed XML without trusting its shape.
export type XmlNode = Readonly<Record<string, unknown>>;

export const list = (node: unknown, ...path: readonly string[]): readonly XmlNode[] => {
  const found = path.reduce<unknown>((current, name) => (typeof current === "object" && current !== null ? (current as XmlNode)[name] : undefined), node);
  return Array.isArray(found) ? found as XmlNode[] : [];
};
export const textOf = (node: unknown, ...path: readonly string[]): string => {
  const found = path.reduce<unknown>((current, name) => (typeof current === "object" && current !== null ? (current as XmlNode)[name] : undefined), node);
  if (typeof found === "string") return found;
  return typeof found === "object" && found !== null && typeof (found as XmlNode)["#text"] === "string" ? (found as XmlNode)["#text"] as string : "";
};
