// What every fresh organization has: currencies, business units, users with bearer tokens, standard roles, teams.
import { createHash } from "node:crypto";
import type { Depth, Organization, RoleDefinition } from "./organization.ts";

export const ROOT_UNIT = "a0000000-0000-4000-8000-000000000001";
const WEST = "a0000000-0000-4000-8000-000000000002";
const EAST = "a0000000-0000-4000-8000-000000000003";

interface UserSeed { readonly key: string; readonly id: string; readonly first: string; readonly last: string; readonly unit: string; readonly roles: readonly string[]; readonly isApplication?: boolean }
const user = (number: number, key: string, first: string, last: string, unit: string, roles: readonly string[]): UserSeed => ({ key, id: `b0000000-0000-4000-8000-${String(number).padStart(12, "0")}`, first, last, unit, roles });

const USERS: readonly UserSeed[] = [
  user(1, "salesrep", "Ann", "Weiler", WEST, ["Salesperson", "Basic User"]), user(2, "otherunit", "Bob", "Ruiz", EAST, ["Salesperson", "Basic User"]),
  user(3, "refundagent", "Carla", "Mendes", WEST, ["Salesperson", "Basic User"]), user(4, "approver", "Dmitri", "Orlov", WEST, ["Salesperson", "Basic User"]),
  user(5, "finance", "Elif", "Kaya", WEST, ["Salesperson", "Basic User"]), user(6, "configurator", "Farid", "Haddad", ROOT_UNIT, ["Basic User"]),
  { ...user(7, "relay", "Cybersource", "Relay", ROOT_UNIT, ["Integration Reader", "Basic User"]), isApplication: true },
  user(8, "sysadmin", "Grace", "Ito", ROOT_UNIT, ["System Administrator"]), user(9, "nobody", "Nils", "Berg", WEST, ["Salesperson", "Basic User"]),
  user(10, "ownonly", "Olga", "Marin", WEST, ["Salesperson, own records", "Basic User"]), user(11, "operator", "Pia", "Novak", WEST, ["Salesperson", "Basic User"]),
];

const grant = (depth: Depth, rights: readonly string[], tables: readonly string[]): [string, Depth][] => tables.flatMap((table) => rights.map((right): [string, Depth] => [`prv${right}${table}`.toLowerCase(), depth]));
const EVERYBODY = grant("Global", ["Read", "AppendTo", "Append"], ["User", "Team", "BusinessUnit", "TransactionCurrency", "Organization", "Role", "Privilege", "Product", "PriceLevel", "UoM", "Solution", "Publisher", "EnvironmentVariableDefinition", "EnvironmentVariableValue"]);

/** Everybody sees what is told to him in the app. */
const TOLD = grant("Basic", ["Create", "Read", "Write", "Delete", "Append", "AppendTo"], ["appnotification"]);

/** Standard roles as far as this sandbox needs them: a salesperson works on own documents and sees those of his unit. */
const ROLES: readonly (readonly [string, readonly [string, Depth][]])[] = [
  ["System Administrator", []],
  ["Basic User", [...EVERYBODY, ...TOLD]],
  ["Salesperson", [
    ...grant("Local", ["Read", "Append", "AppendTo"], ["SalesOrder", "Invoice", "Quote", "Opportunity", "Account", "Contact", "Activity", "Note"]), ...grant("Basic", ["Create", "Write", "Delete", "Assign"], ["SalesOrder", "Invoice", "Quote", "Opportunity", "Activity", "Note"]),
    ...grant("Local", ["Create", "Write"], ["Account", "Contact"]),
  ]],
  ["Salesperson, own records", grant("Basic", ["Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign"], ["SalesOrder", "Invoice", "Account", "Contact", "Activity", "Note"])],
  ["Integration Reader", [...grant("Global", ["Read", "Append", "AppendTo"], ["SalesOrder", "Invoice", "Account", "Contact"]), ...grant("Global", ["Write"], ["SalesOrder", "Invoice"])]],
];

/** An id that is the same in every organization made from the same words. */
export const stableId = (text: string): string => createHash("sha256").update(text).digest("hex").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");

/** Bearer tokens by user key: stable for a seed, so that clients outside can be configured once. */
export function seed(organization: Organization, seedNumber: number): Record<string, string> {
  const { store, model } = organization;
  const put = (table: string, row: Record<string, string | number | boolean | null | { id: string; table: string }>): void => { store.put(model.table(table), { ...row, versionnumber: store.nextVersion(), createdon: "2026-01-01T00:00:00Z", modifiedon: "2026-01-01T00:00:00Z" }); };
  put("organization", { organizationid: organization.id, name: organization.name, basecurrencyid: { id: stableId("currency USD"), table: "transactioncurrency" } });
  for (const [code, name, symbol, precision, rate] of [["USD", "US Dollar", "$", 2, 1], ["EUR", "Euro", "€", 2, 0.92], ["JPY", "Yen", "¥", 0, 149.5], ["KWD", "Kuwaiti Dinar", "KD", 3, 0.307], ["GBP", "Pound Sterling", "£", 2, 0.79]] as const) {
    put("transactioncurrency", { transactioncurrencyid: stableId(`currency ${code}`), isocurrencycode: code, currencyname: name, currencysymbol: symbol, currencyprecision: precision, exchangerate: rate, statecode: 0, statuscode: 1 });
  }
  for (const [id, name] of [[ROOT_UNIT, "Fabrikam Group"], [WEST, "West"], [EAST, "East"]] as const) {
    put("businessunit", { businessunitid: id, name, parentbusinessunitid: id === ROOT_UNIT ? null : { id: ROOT_UNIT, table: "businessunit" } });
    put("team", { teamid: stableId(`team ${name}`), name, isdefault: true, teamtype: 0, businessunitid: { id, table: "businessunit" }, memberids: USERS.filter((one) => one.unit === id).map((one) => one.id).join(",") });
  }
  for (const [name, privileges] of ROLES) {
    const role: RoleDefinition = { id: stableId(`role ${name}`), name, privileges: new Map(privileges) };
    organization.roles.set(role.id, role);
    put("role", { roleid: role.id, name, businessunitid: { id: ROOT_UNIT, table: "businessunit" } });
  }
  return seedUsers(organization, seedNumber, put);
}

function seedUsers(organization: Organization, seedNumber: number, put: (table: string, row: Record<string, string | number | boolean | null | { id: string; table: string }>) => void): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const one of USERS) {
    put("systemuser", {
      systemuserid: one.id, firstname: one.first, lastname: one.last, fullname: `${one.first} ${one.last}`, domainname: `${one.key}@fabrikam.example`, internalemailaddress: `${one.key}@fabrikam.example`, isdisabled: false,
      accessmode: one.isApplication === true ? 4 : 0, applicationid: one.isApplication === true ? relayClient.clientId : null, azureactivedirectoryobjectid: stableId(`object ${one.key}`), businessunitid: { id: one.unit, table: "businessunit" },
    });
    organization.assignments.set(one.id, new Set(one.roles.map((name) => stableId(`role ${name}`))));
    const token = createHash("sha256").update(`token ${one.key} ${seedNumber}`).digest("base64url");
    organization.tokens.set(token, { userId: one.id, expiresAt: Infinity });
    tokens[one.key] = token;
  }
  return tokens;
}

/** The relay's application registration at the sandbox's token endpoint. */
export const relayClient = { tenantId: "c0000000-0000-4000-8000-000000000001", clientId: "c0000000-0000-4000-8000-000000000002", clientSecret: "a secret of the sandbox only" };
export const ADMINISTRATOR = "b0000000-0000-4000-8000-000000000008";
export const relayUserId = "b0000000-0000-4000-8000-000000000007";
