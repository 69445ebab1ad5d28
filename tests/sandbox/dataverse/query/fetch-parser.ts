// FetchXML as a tree: every name checked against the metadata before any row is looked at.
// Source: learn.microsoft.com/power-apps/developer/data-platform/fetchxml
import { XMLParser } from "fast-xml-parser";
import { DataverseError } from "../errors.ts";
import { xmlComplaint } from "../well-formed.ts";
import type { Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { checkCondition, type Condition } from "./fetch-conditions.ts";

/** `against`: another column instead of a value (valueof). */
export interface FetchCondition extends Condition { readonly table: Table; readonly alias: string | undefined; readonly against: { readonly alias: string | undefined; readonly column: string } | undefined }
export interface FetchFilter { readonly isOr: boolean; readonly conditions: readonly FetchCondition[]; readonly filters: readonly FetchFilter[]; readonly links: readonly FetchLink[] }
export interface FetchAttribute { readonly column: string; readonly alias: string | undefined; readonly aggregate: string | undefined; readonly groupBy: boolean; readonly dateGrouping: string | undefined; readonly isDistinct: boolean }
export interface FetchOrder { readonly column: string | undefined; readonly alias: string | undefined; readonly of: string | undefined; readonly isDescending: boolean }
export interface FetchSource {
  readonly table: Table;
  readonly alias: string;
  readonly attributes: readonly FetchAttribute[] | "all";
  readonly filters: readonly FetchFilter[];
  readonly orders: readonly FetchOrder[];
  readonly links: readonly FetchLink[];
}
export interface FetchLink extends FetchSource { readonly from: string; readonly to: string; readonly kind: "inner" | "outer" | "first" | "exists" | "none" | "unmatched" }
export interface FetchQuery { readonly root: FetchSource; readonly isAggregate: boolean; readonly isDistinct: boolean; readonly isRawOrder: boolean; readonly wantsCount: boolean; readonly count: number | undefined; readonly top: number | undefined; readonly page: number }

type Node = Readonly<Record<string, unknown>>;
const LISTS = new Set(["attribute", "condition", "filter", "order", "link-entity", "value"]);
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@", parseTagValue: false, parseAttributeValue: false, isArray: (name, _path, _leaf, isAttribute) => !isAttribute && LISTS.has(name) });
const KINDS: Readonly<Record<string, FetchLink["kind"]>> = { "": "inner", inner: "inner", outer: "outer", exists: "exists", in: "exists", matchfirstrowusingcrossapply: "first" };
/** Those that stand in a filter. "all" keeps rows that have partners of which none meets the link's own conditions; "not all" is "any". */
const FILTER_KINDS: Readonly<Record<string, FetchLink["kind"]>> = { any: "exists", "not any": "none", all: "unmatched", "not all": "exists" };
const LINKS_MAX = 15;

const invalid = (message: string): DataverseError => new DataverseError(400, "0x80040203", message);
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (node: Node, name: string): readonly Node[] => { const value = node[name]; return Array.isArray(value) ? value.map((one: unknown) => (isNode(one) ? one : {})) : []; };
const text = (node: Node, name: string): string => { const value = node[`@${name}`]; return typeof value === "string" ? value : ""; };
const optional = (node: Node, name: string): string | undefined => { const value = text(node, name); return value === "" ? undefined : value; };
const textValue = (value: unknown): string => (typeof value === "string" ? value : "");
const isTrue = (value: string): boolean => value === "true" || value === "1";

const linksIn = (filter: Node): readonly Node[] => [...list(filter, "link-entity"), ...list(filter, "filter").flatMap(linksIn)];

function read(xml: string): Node {
  try {
    const root: unknown = xmlComplaint(xml) === undefined ? (parser.parse(xml) as Node)["fetch"] : undefined;
    if (isNode(root)) return root;
  } catch { /* answered below */ }
  throw invalid("Invalid XML.");
}

function tableOf(organization: Organization, name: string): Table {
  const table = organization.model.tables.get(name);
  if (table === undefined) throw new DataverseError(400, "0x80041102", `The entity with a name = '${name}' with namemapping = 'Logical' was not found in the MetadataCache.`);
  return table;
}

function columnOf(table: Table, name: string): string {
  if (!table.columns.has(name)) throw new DataverseError(400, "0x80041103", `'${table.name}' entity doesn't contain attribute with Name = '${name}' and NameMapping = 'Logical'.`);
  return name;
}

function wholeNumber(node: Node, name: string): number | undefined {
  const value = optional(node, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,6}$/.test(value)) throw invalid(`Invalid value '${value}' of ${name} in FetchXml.`);
  return Number(value);
}

interface Named { readonly table: Table; readonly alias: string }

class FetchParser {
  readonly #organization: Organization;
  /** By alias, and by table name for the first link of a table. */
  readonly #named = new Map<string, Named>();
  readonly #aliases = new Map<Node, string>();
  constructor(organization: Organization) { this.#organization = organization; }

  parse(xml: string, expected: Table): FetchQuery {
    const fetch = read(xml);
    const entity = fetch["entity"];
    if (!isNode(entity)) throw invalid("Invalid XML.");
    const table = tableOf(this.#organization, text(entity, "name"));
    if (table !== expected) throw new DataverseError(400, "0x80060888", `The entity '${table.name}' of the FetchXml does not match the resource '${expected.set}'.`);
    this.#named.set(table.name, { table, alias: table.name });
    this.#name(entity);
    const root = this.#source(entity, table, table.name);
    const [count, top, page] = [wholeNumber(fetch, "count"), wholeNumber(fetch, "top"), wholeNumber(fetch, "page")];
    if (top !== undefined && (count !== undefined || page !== undefined)) throw invalid("The top attribute can't be specified with paging attribute page.");
    return { root, isAggregate: isTrue(text(fetch, "aggregate")), isDistinct: isTrue(text(fetch, "distinct")), isRawOrder: isTrue(text(fetch, "useraworderby")), wantsCount: isTrue(text(fetch, "returntotalrecordcount")), count, top, page: Math.max(1, page ?? 1) };
  }

  /** Aliases are known before filters are read: a filter may name any link. A link without one is its table's name and a number. */
  #name(node: Node): void {
    for (const link of [...list(node, "link-entity"), ...list(node, "filter").flatMap(linksIn)]) {
      if (this.#aliases.size === LINKS_MAX) throw invalid("Number of link entities in query exceeded maximum limit of 15.");
      const target = tableOf(this.#organization, text(link, "name"));
      const alias = optional(link, "alias") ?? `${target.name}${this.#aliases.size + 1}`;
      if (!/^[A-Za-z_]\w*$/.test(alias)) throw invalid(`The alias '${alias}' is not valid.`);
      this.#aliases.set(link, alias);
      this.#named.set(alias, { table: target, alias });
      if (!this.#named.has(target.name)) this.#named.set(target.name, { table: target, alias });
      this.#name(link);
    }
  }

  #source(node: Node, table: Table, alias: string): FetchSource {
    const attributes = list(node, "attribute").map((one): FetchAttribute => ({
      column: columnOf(table, text(one, "name")), alias: optional(one, "alias"), aggregate: optional(one, "aggregate"), groupBy: isTrue(text(one, "groupby")), dateGrouping: optional(one, "dategrouping"), isDistinct: isTrue(text(one, "distinct")),
    }));
    const names = attributes.map((one) => one.alias).filter((name) => name !== undefined);
    if (new Set(names).size < names.length) throw invalid("An attribute or alias is specified twice in the query.");
    return {
      table, alias, attributes: node["all-attributes"] === undefined ? attributes : "all", filters: list(node, "filter").map((one) => this.#filter(one, table)),
      orders: list(node, "order").map((one) => this.#order(one, table)), links: list(node, "link-entity").map((one) => this.#link(one, table, KINDS)),
    };
  }

  #order(node: Node, table: Table): FetchOrder {
    const [name, named] = [optional(node, "attribute"), this.#of(optional(node, "entityname"))];
    return { column: name === undefined ? undefined : columnOf(named?.table ?? table, name), alias: optional(node, "alias"), of: named?.alias, isDescending: isTrue(text(node, "descending")) };
  }

  #link(node: Node, parent: Table, kinds: Readonly<Record<string, FetchLink["kind"]>>): FetchLink {
    const table = tableOf(this.#organization, text(node, "name"));
    const type = text(node, "link-type");
    const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (kind === undefined) throw invalid(`Invalid link-type '${type}'.`);
    return { ...this.#source(node, table, this.#aliases.get(node) ?? table.name), from: columnOf(table, text(node, "from")), to: columnOf(parent, text(node, "to")), kind };
  }

  #of(entityName: string | undefined): Named | undefined {
    const found = entityName === undefined ? undefined : this.#named.get(entityName);
    if (entityName !== undefined && found === undefined) throw invalid(`LinkEntity with name or alias ${entityName} is not found.`);
    return found;
  }

  #filter(node: Node, table: Table): FetchFilter {
    const conditions = list(node, "condition").map((one): FetchCondition => {
      const named = this.#of(optional(one, "entityname"));
      const of = named?.table ?? table;
      const listed = one["value"];
      const values = Array.isArray(listed) ? listed.map((value: unknown) => (isNode(value) ? textValue(value["#text"] ?? "") : String(value))) : [];
      const condition = { table: of, alias: named?.alias, column: columnOf(of, text(one, "attribute")), operator: text(one, "operator"), value: text(one, "value") || (values[0] ?? ""), values, against: this.#against(one, table) };
      checkCondition(condition);
      return condition;
    });
    return { isOr: text(node, "type") === "or", conditions, filters: list(node, "filter").map((one) => this.#filter(one, table)), links: list(node, "link-entity").map((one) => this.#link(one, table, FILTER_KINDS)) };
  }

  /** valueof="column" or valueof="alias.column". */
  #against(node: Node, table: Table): FetchCondition["against"] {
    const value = optional(node, "valueof");
    if (value === undefined) return undefined;
    if (!["eq", "ne", "gt", "ge", "lt", "le"].includes(text(node, "operator"))) throw invalid(`The operator ${text(node, "operator")} cannot compare columns.`);
    const [column = "", alias] = value.split(".").reverse();
    const named = this.#of(alias);
    return { alias: named?.alias, column: columnOf(named?.table ?? table, column) };
  }
}

/** Parses for the table that the address names. */
export const parseFetch = (organization: Organization, xml: string, expected: Table): FetchQuery => new FetchParser(organization).parse(xml, expected);
