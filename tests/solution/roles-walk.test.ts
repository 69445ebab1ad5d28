// The written matrix, walked through Dataverse: for each role, table and row (own, of the unit, of a unit below, of a foreign unit) every right
// that the platform says a person with that role alone has; and whether he can create a row at all.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { assembleEntries, zipEntries } from "@cybs/packer";
import * as schema from "@cybs/schema";
import { startOrganization, type TestOrganization } from "../dataverse/organization.ts";
import { product, root } from "./support/product.ts";

const PREFIX = "Cybersource Payments – ";
const VERBS = ["Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share"] as const;
const ROW_RIGHTS = VERBS.filter((verb) => verb !== "Create");
/** Which rows a depth reaches. */
const REACH: Readonly<Record<string, readonly string[]>> = { "": [], user: ["own"], unit: ["own", "unit"], "unit+": ["own", "unit", "below"], all: ["own", "unit", "below", "foreign"] };

interface Line { role: string; table: string; depths: ReadonlyMap<string, string> }
const matrix: readonly Line[] = readFileSync(join(root, "docs", "reference", "roles.md"), "utf8").split("\n").map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
  .filter((cells) => cells.length === 2 + VERBS.length && cells[1]?.startsWith("cybs_") === true)
  .map(([role = "", table = "", ...cells]) => ({ role, table: table.toLowerCase(), depths: new Map(VERBS.map((verb, at) => [verb, cells[at] ?? ""])) }));
const roles = [...new Set(matrix.map(({ role }) => role))];
const tables = Object.values(schema).filter((one): one is Extract<typeof one, { logicalName: string }> => "logicalName" in one && one.logicalName.startsWith("cybs_"));
const isOwned = (table: (typeof tables)[number]): boolean => "ownerId" in table.columns;

let o: TestOrganization;
/** Two walkers: in West a foreign unit lies beside, at the root units lie below. */
const WALKERS = { nobody: { unit: "salesrep", foreign: "otherunit" }, configurator: { unit: "sysadmin", below: "salesrep" } } as const;
type Walker = keyof typeof WALKERS;
const users = new Map<string, string>();
const roleIds = new Map<string, string>();
const rows = new Map<string, string>();

const expectOk = (answer: { status: number; text: string }): void => { if (answer.status >= 300) throw new Error(answer.text); };
const addRole = async (user: string, role: string): Promise<void> => { expectOk(await o.call("sysadmin", "POST", `systemusers(${users.get(user) ?? ""})/systemuserroles_association/$ref`, { "@odata.id": `roles(${roleIds.get(role) ?? ""})` })); };

/** Leaves the person with this role and no other. */
async function only(user: string, role: string): Promise<void> {
  const held = (await o.call("sysadmin", "GET", `systemusers(${users.get(user) ?? ""})/systemuserroles_association?$select=roleid`)).json["value"] as { roleid: string }[];
  if (!held.some(({ roleid }) => roleid === roleIds.get(role))) await addRole(user, role);
  for (const { roleid } of held) if (roleid !== roleIds.get(role)) expectOk(await o.call("sysadmin", "DELETE", `systemusers(${users.get(user) ?? ""})/systemuserroles_association(${roleid})/$ref`));
}

beforeAll(async () => {
  o = await startOrganization({ withoutSolution: true });
  expectOk(await o.sandbox("POST", "import", zipEntries(assembleEntries(product(), "managed"))));
  for (const row of (await o.call("sysadmin", "GET", "systemusers?$select=systemuserid,domainname")).json["value"] as { systemuserid: string; domainname: string }[]) users.set(row.domainname.split("@")[0] ?? "", row.systemuserid);
  for (const row of (await o.call("sysadmin", "GET", "roles?$select=roleid,name")).json["value"] as { roleid: string; name: string }[]) roleIds.set(row.name.replace(PREFIX, ""), row.roleid);
  // Who is to own rows must be able to read them.
  for (const user of ["nobody", "configurator", "salesrep", "otherunit"]) await addRole(user, "Finance");
  for (const table of tables) {
    const owners = isOwned(table) ? ["nobody", "configurator", "salesrep", "otherunit", "sysadmin"] : ["sysadmin"];
    for (const owner of owners) rows.set(`${table.logicalName} ${owner}`, await o.create(table.entitySetName, isOwned(table) ? { "ownerid@odata.bind": `/systemusers(${users.get(owner) ?? ""})` } : {}));
  }
}, 120_000);
afterAll(async () => { await o.close(); });

async function rightsOn(walker: Walker, table: (typeof tables)[number], id: string): Promise<string[]> {
  const answer = await o.call("sysadmin", "GET", `systemusers(${users.get(walker) ?? ""})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t)?@t=${encodeURIComponent(JSON.stringify({ "@odata.id": `${table.entitySetName}(${id})` }))}`);
  expectOk(answer);
  return String(answer.json["AccessRights"]).split(/,\s*/).map((name) => name.replace(/Access$/, "")).filter((name) => name !== "" && name !== "None" && name !== "Create").sort();
}

describe.each(roles)("%s", (role) => {
  test.each(Object.keys(WALKERS) as Walker[])("has on every row of every table the rights that the matrix says, and no other (as %s)", async (walker) => {
    await only(walker, role);
    const places = Object.entries({ own: walker, ...WALKERS[walker] });
    for (const table of tables) {
      const line = matrix.find((one) => one.role === role && one.table === table.logicalName);
      for (const [place, owner] of isOwned(table) ? places : [["foreign", "sysadmin"] as const]) {
        const wanted = ROW_RIGHTS.filter((verb) => REACH[line?.depths.get(verb) ?? ""]?.includes(place) === true).sort();
        expect([table.logicalName, place, await rightsOn(walker, table, rows.get(`${table.logicalName} ${owner}`) ?? "")]).toEqual([table.logicalName, place, wanted]);
      }
    }
  }, 60_000);

  test("creates rows of the tables that the matrix says, and of no other", async () => {
    await only("nobody", role);
    const created: string[] = [];
    for (const table of tables) {
      // Who lacks the right is told so by 403; any other answer was given to somebody who has it.
      const { status, text } = await o.call("nobody", "POST", table.entitySetName, {});
      if (status === 403) expect(text).toContain(`prvCreate`);
      else created.push(table.logicalName);
    }
    expect(created.sort()).toEqual(matrix.filter((one) => one.role === role && one.depths.get("Create") !== "").map(({ table }) => table).sort());
  }, 60_000);
});

test("the matrix has a line for every role that is shipped, and only tables that are", () => {
  expect(roles).toHaveLength(8);
  expect(matrix.filter(({ table }) => !tables.some(({ logicalName }) => logicalName === table))).toEqual([]);
});
