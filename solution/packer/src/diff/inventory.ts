// What a solution contains, by keys that stay the same from version to version, with the words an administrator knows it by.
// A zip and an environment are read into the same shape; what one of them cannot tell is left undefined and not compared.
/** `isRequired` is left undefined for what the platform itself demands or does not tell. */
export interface ColumnFacts { label: string; type: string; lengthMax: number | undefined; isRequired: boolean | undefined; choices: ReadonlyMap<string, string> | undefined }
export interface TableFacts { label: string; isOwn: boolean; columns: ReadonlyMap<string, ColumnFacts> }
/** A component of which only the identity, the name and the contents matter. */
export interface PartFacts { label: string; table: string | undefined; contents: string | undefined }
export interface RoleFacts { label: string; privileges: ReadonlyMap<string, string> }

export interface Inventory {
  /** Where it was read from, for the first line of the report. */
  source: string;
  name: string;
  version: string;
  publisher: string | undefined;
  isManaged: boolean | undefined;
  tables: ReadonlyMap<string, TableFacts>;
  roles: ReadonlyMap<string, RoleFacts>;
  /** Kind in words ("form", "view", "command", …) → key → facts. */
  parts: ReadonlyMap<string, ReadonlyMap<string, PartFacts>>;
}

/** Column types in one vocabulary, whichever side they were read from. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  nvarchar: "text", string: "text", ntext: "long text", memo: "long text", int: "whole number", integer: "whole number", decimal: "decimal number", double: "decimal number", float: "decimal number",
  money: "money", bit: "yes/no", boolean: "yes/no", datetime: "date and time", picklist: "choice", state: "state", status: "status reason",
  lookup: "lookup", customer: "customer", owner: "owner", primarykey: "identifier", uniqueidentifier: "identifier",
};
export const typeInWords = (type: string): string => TYPE_WORDS[type.toLowerCase()] ?? type.toLowerCase();
