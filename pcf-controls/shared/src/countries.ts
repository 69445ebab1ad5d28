// Country and state as people write them on an order, mapped to ISO 3166 codes; what is not mapped is asked for.
// Names come from the browser's own CLDR data (Intl.DisplayNames), so the table here holds only what people write differently.
const ALIASES: Readonly<Record<string, string>> = {
  usa: "US", "u.s.": "US", "u.s.a.": "US", "united states of america": "US", america: "US", uk: "GB", england: "GB", scotland: "GB", wales: "GB", "great britain": "GB", "northern ireland": "GB",
  holland: "NL", "the netherlands": "NL", czechia: "CZ", "czech republic": "CZ", "south korea": "KR", korea: "KR", "republic of korea": "KR", "russian federation": "RU", "viet nam": "VN", turkey: "TR", türkiye: "TR",
  deutschland: "DE", österreich: "AT", schweiz: "CH", suisse: "CH", españa: "ES", italia: "IT", nederland: "NL", danmark: "DK", sverige: "SE", norge: "NO", polska: "PL", brasil: "BR", méxico: "MX", "hong kong": "HK", macau: "MO",
};
/** Codes that CLDR names but that are no country: regions, reserved and user-assigned codes. */
const NO_COUNTRY = new Set(["AC", "AN", "BU", "CP", "CQ", "CS", "DD", "DG", "DY", "EA", "EU", "EZ", "FQ", "FX", "HV", "IC", "JT", "MI", "NH", "NQ", "NT", "PC", "PU", "PZ", "QO", "QU", "RH", "SU", "TA", "TP", "UK", "UN", "VD", "WK", "XA", "XB", "XK", "YD", "YU", "ZR", "ZZ", "NT", "CT"]);
const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

export interface Country { readonly code: string; readonly name: string }
const lists = new Map<string, readonly Country[]>();

/** Every country in the user's language, in its alphabet's order. */
export function countriesIn(locale: string): readonly Country[] {
  const known = lists.get(locale);
  if (known !== undefined) return known;
  const names = new Intl.DisplayNames([locale], { type: "region", fallback: "none" });
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => `${first}${second}`)).filter((code) => !NO_COUNTRY.has(code));
  const list = codes.flatMap((code) => { const name = names.of(code); return name === undefined ? [] : [{ code, name }]; }).sort((left, right) => left.name.localeCompare(right.name, locale));
  lists.set(locale, list);
  return list;
}

/** ISO code of what stands on an order, or "" when nobody can tell. */
export function toCountryCode(text: string, locale: string): string {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return "";
  const english = countriesIn("en");
  return english.find(({ code }) => code.toLowerCase() === wanted)?.code ?? ALIASES[wanted] ?? [...english, ...countriesIn(locale)].find(({ name }) => name.toLowerCase() === wanted)?.code ?? "";
}

const parse = (list: string): readonly (readonly [string, string])[] => list.split("|").map((entry) => [entry.slice(0, 2), entry.slice(3)]);
const STATES: Readonly<Record<string, readonly (readonly [string, string])[] | undefined>> = {
  US: parse("AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|GU Guam|VI U.S. Virgin Islands|AS American Samoa|MP Northern Mariana Islands"),
  CA: parse("AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"),
};

export const needsState = (country: string): boolean => STATES[country] !== undefined;

/** Two-letter code in the United States and Canada ("" when unmapped: then it is asked for); elsewhere the text as it is, in Cybersource's 20 characters. */
export function toStateCode(text: string, country: string): string {
  const states = STATES[country];
  const wanted = text.trim().toLowerCase();
  if (states === undefined) return text.trim().slice(0, 20);
  return states.find(([code, name]) => code.toLowerCase() === wanted || name.toLowerCase() === wanted)?.[0] ?? "";
}
