// The user's language: of the address (?lcid=1031), else English. Labels in XML fall back to English, and text runs the other way where it does.
const ENGLISH = 1033;
const RIGHT_TO_LEFT = new Set([1025, 1037]);
const TAGS: Readonly<Record<number, string>> = { 1025: "ar", 1031: "de", 1033: "en", 1037: "he" };

export const languageId = (): number => Number(new URLSearchParams(location.search).get("lcid") ?? ENGLISH);
export const isRightToLeft = (): boolean => RIGHT_TO_LEFT.has(languageId()) || new URLSearchParams(location.search).get("dir") === "rtl";

/** The label in the user's language, of elements that carry languagecode and description. */
export function labelAmong(labels: Iterable<Element>): string | undefined {
  const all = [...labels];
  const of = (language: number): string | undefined => all.find((one) => one.getAttribute("languagecode") === String(language))?.getAttribute("description") ?? undefined;
  return of(languageId()) ?? of(ENGLISH) ?? all[0]?.getAttribute("description") ?? undefined;
}

export function applyLanguage(): void {
  document.documentElement.lang = TAGS[languageId()] ?? "en";
  document.documentElement.dir = isRightToLeft() ? "rtl" : "ltr";
}

/** Of a control's string files the user's own, else English, else whatever it has. */
export function stringFiles(paths: readonly string[]): readonly string[] {
  const of = (language: number): readonly string[] => paths.filter((path) => path.endsWith(`.${language}.resx`));
  return [of(languageId()), of(ENGLISH), paths].find((found) => found.length > 0) ?? [];
}
