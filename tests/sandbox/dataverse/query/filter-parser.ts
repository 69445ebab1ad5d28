// $filter as a tree. Grammar: OData 4 with Dataverse's functions; texts in single quotes, guids and dates bare, lambdas any and all.
import { badRequest } from "../errors.ts";
import { checkFunction } from "./crm-functions.ts";

export type Literal = "String" | "Guid" | "Number" | "Boolean" | "Date" | "Null";
export type Operand = { readonly kind: "path"; readonly path: readonly string[] } | { readonly kind: "value"; readonly type: Literal; readonly value: string | number | boolean | null };
export type Filter =
  | { readonly kind: "and" | "or"; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "not"; readonly filter: Filter }
  | { readonly kind: "compare"; readonly operator: "eq" | "ne" | "gt" | "ge" | "lt" | "le"; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "text"; readonly name: "contains" | "startswith" | "endswith"; readonly operand: Operand; readonly value: string }
  | { readonly kind: "lambda"; readonly name: "any" | "all"; readonly path: readonly string[]; readonly variable: string; readonly filter: Filter | undefined }
  | { readonly kind: "function"; readonly name: string; readonly path: readonly string[]; readonly values: readonly string[] };

const TOKEN = /\s*(?:('(?:[^']|'')*')|([()[\],:=])|("(?:[^"])*")|([^\s()[\],:='"]+(?::[^\s()[\],'"]+)*)|(\s+$))/y;

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      if (text.slice(at).trim() === "") break;
      throw badRequest(`There is an unterminated literal at position ${text.length} in '${text}'.`);
    }
    const token = match[1] ?? match[2] ?? match[3] ?? match[4];
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

const OPERATORS = new Set(["eq", "ne", "gt", "ge", "lt", "le"]);
const TEXT_FUNCTIONS = new Set(["contains", "startswith", "endswith"]);
const DEPTH_MAX = 100;

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;
  readonly #text: string;
  constructor(text: string) { this.#text = text; this.#tokens = tokenize(text); }

  #peek(): string | undefined { return this.#tokens[this.#at]; }
  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.#wrong();
    return token;
  }
  #wrong(): Error { return badRequest(`Syntax error at position ${this.#at} in '${this.#text}'.`); }
  #expect(token: string): void { if (this.#next() !== token) throw this.#wrong(); }

  parse(): Filter {
    const filter = this.#or();
    if (this.#peek() !== undefined) throw this.#wrong();
    return filter;
  }
  #or(): Filter {
    let left = this.#and();
    while (this.#peek() === "or") { this.#next(); left = { kind: "or", left, right: this.#and() }; }
    return left;
  }
  #and(): Filter {
    let left = this.#unary();
    while (this.#peek() === "and") { this.#next(); left = { kind: "and", left, right: this.#unary() }; }
    return left;
  }
  #unary(): Filter {
    if (++this.#depth > DEPTH_MAX) throw this.#wrong();
    try {
      if (this.#peek() === "not") { this.#next(); return { kind: "not", filter: this.#unary() }; }
      if (this.#peek() === "(") {
        this.#next();
        const inner = this.#or();
        this.#expect(")");
        return inner;
      }
      return this.#primary();
    } finally {
      this.#depth -= 1;
    }
  }
  #primary(): Filter {
    const token = this.#next();
    if (TEXT_FUNCTIONS.has(token)) return this.#textFunction(token as "contains");
    if (token.startsWith("Microsoft.Dynamics.CRM.")) return this.#crmFunction(token.slice("Microsoft.Dynamics.CRM.".length));
    const lambda = /^(.+)\/(any|all)$/.exec(token);
    if (lambda !== null && this.#peek() === "(") return this.#lambda((lambda[1] ?? "").split("/"), lambda[2] as "any");
    const operator = this.#next();
    if (!OPERATORS.has(operator)) throw this.#wrong();
    return { kind: "compare", operator: operator as "eq", left: operand(token), right: operand(this.#next()) };
  }
  #textFunction(name: "contains"): Filter {
    this.#expect("(");
    const of = operand(this.#next());
    this.#expect(",");
    const value = operand(this.#next());
    this.#expect(")");
    if (value.kind !== "value" || typeof value.value !== "string") throw this.#wrong();
    return { kind: "text", name, operand: of, value: value.value };
  }
  #lambda(path: readonly string[], name: "any"): Filter {
    this.#expect("(");
    if (this.#peek() === ")") { this.#next(); return { kind: "lambda", name, path, variable: "", filter: undefined }; }
    const head = this.#next();
    // "o:o/name eq 'x'" may come as one token or as three.
    const glued = /^(\w+):(.+)$/.exec(head);
    if (glued === null) this.#expect(":");
    else (this.#tokens as string[]).splice(this.#at, 0, glued[2] ?? "");
    const filter = this.#or();
    this.#expect(")");
    return { kind: "lambda", name, path, variable: glued?.[1] ?? head, filter };
  }
  #crmFunction(name: string): Filter {
    this.#expect("(");
    let path: readonly string[] = [];
    const values: string[] = [];
    while (this.#peek() !== ")") {
      const argument = this.#next();
      if (argument === ",") continue;
      this.#expect("=");
      if (argument === "PropertyName") path = this.#next().replace(/^'|'$/g, "").split("/");
      else if (this.#peek() === "[") { this.#next(); while (this.#peek() !== "]") { const item = this.#next(); if (item !== ",") values.push(item.replace(/^["']|["']$/g, "")); } this.#next(); }
      else values.push(this.#next().replace(/^["']|["']$/g, ""));
    }
    this.#next();
    if (path.length === 0) throw this.#wrong();
    checkFunction(name, values);
    return { kind: "function", name, path, values };
  }
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function operand(token: string): Operand {
  const value = (type: Literal, found: string | number | boolean | null): Operand => ({ kind: "value", type, value: found });
  if (token.startsWith("'")) return value("String", token.slice(1, -1).replaceAll("''", "'"));
  if (token === "null") return value("Null", null);
  if (token === "true" || token === "false") return value("Boolean", token === "true");
  if (/^-?\d+(\.\d+)?$/.test(token)) return value("Number", Number(token));
  if (GUID.test(token)) return value("Guid", token.toLowerCase());
  if (/^\d{4}-\d\d-\d\d/.test(token)) {
    if (Number.isNaN(Date.parse(token))) throw badRequest(`The string '${token}' is not a valid date.`);
    return value("Date", token);
  }
  if (/^\{?[0-9a-f-]{36}\}?$/i.test(token)) return value("Guid", token.replace(/[{}]/g, "").toLowerCase());
  return { kind: "path", path: token.split("/") };
}

export const parseFilter = (text: string): Filter => new Parser(text).parse();
