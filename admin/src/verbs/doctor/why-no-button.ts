// doctor --why PERSON: the facts for one named user.
import { environmentVariables } from "@cybs/schema";
import { rowAt, rowsAt, textAt, type Row } from "../../dataverse/row.ts";
import type { Dataverse } from "../../dataverse/web-api.ts";
import type { Finding } from "../../plans/finding.ts";
import { judgeButton } from "../../plans/judge-button.ts";
import { Stop } from "../../stop.ts";

const UNITS_MAX = 50;

/** `person`: full name, sign-in name or id. Stops when it names nobody, or several. */
export async function whyNoButton(dataverse: Dataverse, person: string): Promise<readonly Finding[]> {
  const quoted = person.replaceAll("'", "''");
  const filter = /^[0-9a-f-]{36}$/i.test(person) ? `systemuserid eq ${person}` : `fullname eq '${quoted}' or domainname eq '${quoted}' or internalemailaddress eq '${quoted}' or firstname eq '${quoted}'`;
  const users = await dataverse.list(`systemusers?$select=systemuserid,fullname,isdisabled,accessmode,_businessunitid_value&$filter=${filter}`);
  const [user] = users;
  if (user === undefined) throw new Stop("customer_not_found", { customer: person });
  if (users.length > 1) throw new Stop("customer_ambiguous", { customer: person, ids: users.map((one) => `${textAt(one, "fullname")} ${textAt(one, "systemuserid")}`).join(", ") });
  const id = textAt(user, "systemuserid");
  const isUsable = user["isdisabled"] !== true;
  const [roles, held, units, accounts, address] = await Promise.all([
    dataverse.list(`systemusers(${id})/systemuserroles_association?$select=name`), isUsable ? dataverse.find(`systemusers(${id})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()`) : Promise.resolve(undefined), dataverse.list("businessunits?$select=businessunitid,name,_parentbusinessunitid_value"),
    dataverse.list("cybs_merchantaccounts?$select=_cybs_businessunitid_value&$filter=cybs_isenabled eq true&$expand=transactioncurrencyid($select=isocurrencycode)"), dataverse.list(`environmentvariablevalues?$select=value&$filter=schemaname eq '${environmentVariables.relayUrl}'`),
  ]);
  const above = unitsAbove(units, textAt(user, "_businessunitid_value"));
  return judgeButton({
    name: textAt(user, "fullname"), isDisabled: !isUsable, accessMode: Number(user["accessmode"] ?? 0), roles: roles.map((role) => textAt(role, "name")), privileges: rowsAt(held, "RolePrivileges").map((one) => textAt(one, "PrivilegeName")),
    unit: textAt(units.find((unit) => textAt(unit, "businessunitid") === above[0]), "name"), currencies: [...new Set(accounts.filter((account) => above.includes(textAt(account, "_cybs_businessunitid_value"))).map((account) => textAt(rowAt(account, "transactioncurrencyid"), "isocurrencycode")))], hasRelayAddress: address.length > 0,
  });
}

function unitsAbove(units: readonly Row[], start: string): readonly string[] {
  const chain: string[] = [];
  for (let at = start; at !== "" && chain.length < UNITS_MAX; at = textAt(units.find((unit) => textAt(unit, "businessunitid") === at), "_parentbusinessunitid_value")) chain.push(at);
  return chain;
}
