// The whole matrix of rights, depths and owners; shares; roles of teams; secured columns; who acts for whom. Each refusal with Dataverse's code.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { solutionZip, type Changes } from "./foreign-solution.ts";
import { idFrom, startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
const user = (number: number): string => `b0000000-0000-4000-8000-00000000000${number}`;
const [REP, EASTERNER, COLLEAGUE, ADMIN] = [user(1), user(2), user(3), user(8)];
const WEST = "a0000000-0000-4000-8000-000000000002";
const SHIPPER = "33333333-3333-4333-8333-333333333333";
const DENIED = "0x80040220";
let version = 0;

/** The same solution once more, with another role. */
async function reimport(changes: Changes): Promise<void> {
  version += 1;
  const answer = await o.sandbox("POST", "import", solutionZip({ ...changes, version: `2.${version}.0.0` }));
  if (answer.status !== 200) throw new Error(answer.text);
}
const link = (path: string, to: string, method = "POST"): Promise<Answer> => o.call("sysadmin", method, `${path}/$ref`, { "@odata.id": to });
const turn = (switches: Record<string, unknown>): Promise<unknown> => o.sandbox("POST", "switches", switches);
const make = (owner: string, more: Record<string, unknown> = {}): Promise<string> => o.create("con_shipments", { con_name: "row", "ownerid@odata.bind": owner, ...more });

let crew: string;
let below: string;
beforeAll(async () => {
  o = await startOrganization();
  await turn({ ownerNeedsReadPrivilege: false });
  for (const id of [REP, EASTERNER, COLLEAGUE]) await link(`systemusers(${id})/systemuserroles_association`, `/roles(${SHIPPER})`);
  crew = await o.create("teams", { name: "Crew", teamtype: 0, "businessunitid@odata.bind": "/businessunits(a0000000-0000-4000-8000-000000000003)" });
  await link(`teams(${crew})/teammembership_association`, `/systemusers(${REP})`);
  const unit = await o.create("businessunits", { name: "West Coast", "parentbusinessunitid@odata.bind": `/businessunits(${WEST})` });
  below = await o.create("teams", { name: "Coast crew", teamtype: 0, "businessunitid@odata.bind": `/businessunits(${unit})` });
});
afterAll(async () => { await o.close(); });

const OWNERS = { own: () => `/systemusers(${REP})`, team: () => `/teams(${crew})`, unit: () => `/systemusers(${COLLEAGUE})`, below: () => `/teams(${below})`, elsewhere: () => `/systemusers(${EASTERNER})` } as const;
type Owner = keyof typeof OWNERS;
const REACHED: Readonly<Record<string, readonly Owner[]>> = { Basic: ["own", "team"], Local: ["own", "team", "unit"], Deep: ["own", "team", "unit", "below"], Global: ["own", "team", "unit", "below", "elsewhere"] };
const ACTS: Readonly<Record<string, (id: string) => Promise<Answer>>> = {
  Read: (id) => o.call("salesrep", "GET", `con_shipments(${id})?$select=con_name`),
  Write: (id) => o.call("salesrep", "PATCH", `con_shipments(${id})`, { con_name: "written" }),
  Assign: (id) => o.call("salesrep", "PATCH", `con_shipments(${id})`, { "ownerid@odata.bind": `/systemusers(${ADMIN})` }),
  Share: (id) => o.call("salesrep", "POST", "GrantAccess", { Target: { "@odata.type": "Microsoft.Dynamics.CRM.con_shipment", con_shipmentid: id }, PrincipalAccess: { AccessMask: "ReadAccess", Principal: { "@odata.type": "Microsoft.Dynamics.CRM.systemuser", systemuserid: ADMIN } } }),
  Delete: (id) => o.call("salesrep", "DELETE", `con_shipments(${id})`),
};

describe.each(Object.keys(REACHED))("at depth %s", (depth) => {
  beforeAll(async () => { await reimport({ roleLevel: depth }); });
  test.each(Object.keys(ACTS).flatMap((right) => (Object.keys(OWNERS) as Owner[]).map((owner): [string, Owner] => [right, owner])))("%s of a row owned by: %s", async (right, owner) => {
    const id = await make(OWNERS[owner]());
    const answer = await ACTS[right]?.(id);
    const isReached = REACHED[depth]?.includes(owner) === true;
    expect([answer?.status, answer?.error.code]).toEqual(isReached ? [right === "Read" ? 200 : 204, ""] : [403, DENIED]);
    if (!isReached) expect(answer?.error.message).toMatch(new RegExp(`^SecLib::AccessCheckEx failed\\. Returned hr = -2147187962, ObjectID: ${id}, OwnerId: .*AccessRights: ${right === "Assign" ? "Write" : right}Access$`));
  });
  test.each(Object.keys(OWNERS) as Owner[])("Create of a row owned by: %s", async (owner) => {
    const answer = await o.call("salesrep", "POST", "con_shipments", { con_name: "made", "ownerid@odata.bind": OWNERS[owner]() });
    expect([answer.status, answer.error.code]).toEqual(REACHED[depth]?.includes(owner) === true ? [204, ""] : [403, DENIED]);
  });
  test("a list holds exactly what each row would give", async () => {
    const mine = await Promise.all(Object.values(OWNERS).map((owner) => make(owner(), { con_name: `list ${depth}` })));
    const seen = (await o.call("salesrep", "GET", `con_shipments?$select=con_name&$filter=con_name eq 'list ${depth}'`)).json["value"] as Record<string, string>[];
    const fetched = (await o.call("salesrep", "GET", `con_shipments?fetchXml=${encodeURIComponent(`<fetch><entity name="con_shipment"><attribute name="con_name"/><filter><condition attribute="con_name" operator="eq" value="list ${depth}"/></filter></entity></fetch>`)}`)).json["value"] as unknown[];
    expect([seen.length, fetched.length]).toEqual([REACHED[depth]?.length, REACHED[depth]?.length]);
    expect(seen.map((row) => row["con_shipmentid"]).sort()).toEqual(Object.keys(OWNERS).map((owner, at) => (REACHED[depth]?.includes(owner as Owner) === true ? mine[at] : undefined)).filter((id) => id !== undefined).sort());
  });
});

describe("shares", () => {
  const target = (id: string): Record<string, unknown> => ({ "@odata.type": "Microsoft.Dynamics.CRM.con_shipment", con_shipmentid: id });
  const principal = (kind: "systemuser" | "team", id: string): Record<string, unknown> => ({ "@odata.type": `Microsoft.Dynamics.CRM.${kind}`, [`${kind}id`]: id });
  const share = (name: "GrantAccess" | "ModifyAccess", id: string, to: Record<string, unknown>, mask: string, as = "sysadmin"): Promise<Answer> => o.call(as, "POST", name, { Target: target(id), PrincipalAccess: { AccessMask: mask, Principal: to } });
  const rights = async (id: string): Promise<unknown> => (await o.call("sysadmin", "GET", `systemusers(${REP})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t)?@t={'@odata.id':'con_shipments(${id})'}`)).json["AccessRights"];
  beforeAll(async () => { await reimport({ roleLevel: "Basic" }); });

  test("a shared row is read but not written, then written, then neither", async () => {
    const id = await make(OWNERS.elsewhere());
    const outcome = async (): Promise<number[]> => [(await ACTS["Read"]?.(id))?.status ?? 0, (await ACTS["Write"]?.(id))?.status ?? 0];
    expect(await outcome()).toEqual([403, 403]);
    expect((await share("GrantAccess", id, principal("systemuser", REP), "ReadAccess")).status).toBe(204);
    expect(await outcome()).toEqual([200, 403]);
    expect((await o.call("salesrep", "GET", `con_shipments?$filter=con_shipmentid eq ${id}`)).json["value"]).toHaveLength(1);
    expect((await share("GrantAccess", id, principal("systemuser", REP), "WriteAccess")).status).toBe(204);
    expect([await outcome(), await rights(id)]).toEqual([[200, 204], "ReadAccess, WriteAccess"]);
    expect((await share("ModifyAccess", id, principal("systemuser", REP), "ReadAccess")).status).toBe(204);
    expect([await outcome(), await rights(id)]).toEqual([[200, 403], "ReadAccess"]);
    expect((await o.call("sysadmin", "GET", `RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={'@odata.id':'con_shipments(${id})'}`)).json["PrincipalAccesses"]).toEqual([{ AccessMask: "ReadAccess", Principal: { "@odata.type": "#Microsoft.Dynamics.CRM.systemuser", systemuserid: REP, ownerid: REP } }]);
    expect((await o.call("sysadmin", "POST", "RevokeAccess", { Target: target(id), Revokee: principal("systemuser", REP) })).status).toBe(204);
    expect([await outcome(), await rights(id)]).toEqual([[403, 403], "None"]);
  });
  test("what is shared with a team is shared with its members; a deleted row is shared with nobody", async () => {
    const id = await make(OWNERS.elsewhere());
    await share("GrantAccess", id, principal("team", crew), "ReadAccess");
    expect((await ACTS["Read"]?.(id))?.status).toBe(200);
    await o.call("sysadmin", "DELETE", `con_shipments(${id})`);
    expect((await o.call("sysadmin", "GET", `principalobjectaccessset?$filter=_objectid_value eq ${id}`)).json["value"]).toEqual([]);
  });
  test("a share gives no right that no role of the user has", async () => {
    const id = await make(OWNERS.elsewhere());
    await share("GrantAccess", id, principal("systemuser", user(5)), "ReadAccess");
    expect((await o.call("finance", "GET", `con_shipments(${id})`)).error.message).toContain("is missing prvReadcon_Shipment privilege");
  });
  test.each<[string, (id: string) => Promise<Answer>, number, string]>([
    ["by somebody without the row", (id) => share("GrantAccess", id, principal("systemuser", COLLEAGUE), "ReadAccess", "salesrep"), 403, DENIED],
    ["with its owner", (id) => share("GrantAccess", id, principal("systemuser", EASTERNER), "ReadAccess"), 400, "0x80040214"],
    ["with what is no principal", (id) => share("GrantAccess", id, target(id), "ReadAccess"), 400, "0x8004020c"],
    ["with a right that is none", (id) => share("GrantAccess", id, principal("systemuser", REP), "EverythingAccess"), 400, "0x80040203"],
    ["with a user who is not there", (id) => share("GrantAccess", id, principal("systemuser", user(0)), "ReadAccess"), 404, "0x80040217"],
    ["of a row that is not there", () => share("GrantAccess", user(0), principal("systemuser", REP), "ReadAccess"), 404, "0x80040217"],
  ])("a share %s is refused", async (_name, ask, status, code) => {
    const answer = await ask(await make(OWNERS.elsewhere()));
    expect([answer.status, answer.error.code]).toEqual([status, code]);
  });
});

describe("roles of teams", () => {
  let narrow: string;
  beforeAll(async () => {
    await link(`systemusers(${REP})/systemuserroles_association(${SHIPPER})`, "", "DELETE");
    await link(`teams(${crew})/teamroles_association`, `/roles(${SHIPPER})`);
  });
  afterAll(async () => {
    await link(`systemusers(${REP})/systemuserroles_association`, `/roles(${SHIPPER})`);
    await link(`teams(${crew})/teamroles_association(${SHIPPER})`, "", "DELETE");
  });
  test.each<[string, boolean, Owner, number]>([["members' own rows too", false, "own", 200], ["the team's rows", false, "team", 200], ["the team's rows only", true, "team", 200], ["not the members' own", true, "own", 403]])("reach %s (for the team only: %p, %s)", async (_name, roleForTeamOnly, owner, status) => {
    await reimport({ roleLevel: "Basic", roleForTeamOnly });
    narrow = await make(OWNERS[owner]());
    expect((await ACTS["Read"]?.(narrow))?.status).toBe(status);
  });
  test("count units from the team's own", async () => {
    await reimport({ roleLevel: "Local" });
    expect([(await ACTS["Read"]?.(await make(OWNERS.elsewhere())))?.status, (await ACTS["Read"]?.(await make(OWNERS.unit())))?.status]).toEqual([200, 403]);
  });
});

describe("owners", () => {
  beforeAll(async () => { await turn({ ownerNeedsReadPrivilege: true }); await reimport({ roleLevel: "Basic" }); });
  test.each<[string, () => string, RegExp]>([["a team without roles", () => `/teams(${below})`, /^Principal team \(Id=.*, type=9, roleCount=0, accessMode=0\), is missing prvReadcon_Shipment/], ["a user who cannot read the table", () => `/systemusers(${user(5)})`, /^Principal user \(Id=.*is missing prvReadcon_Shipment/]])("%s cannot own a row", async (_name, owner, text) => {
    const answer = await o.call("sysadmin", "POST", "con_shipments", { con_name: "x", "ownerid@odata.bind": owner() });
    expect([answer.status, answer.error.code]).toEqual([403, DENIED]);
    expect(answer.error.message).toMatch(text);
  });
  test("an access team and a disabled user cannot either", async () => {
    const team = await o.create("teams", { name: "Access", teamtype: 1, "businessunitid@odata.bind": `/businessunits(${WEST})` });
    expect((await o.call("sysadmin", "POST", "con_shipments", { "ownerid@odata.bind": `/teams(${team})` })).error.code).toBe("0x80048340");
    await o.call("sysadmin", "PATCH", `systemusers(${user(9)})`, { isdisabled: true });
    expect((await o.call("sysadmin", "POST", "con_shipments", { "ownerid@odata.bind": `/systemusers(${user(9)})` })).error.code).toBe("0x8004022b");
    await o.call("sysadmin", "PATCH", `systemusers(${user(9)})`, { isdisabled: false });
  });
  test("the row follows its owner's unit", async () => {
    const id = await make(OWNERS.own());
    const unitOf = async (): Promise<unknown> => (await o.call("sysadmin", "GET", `con_shipments(${id})`)).json;
    expect(await unitOf()).toMatchObject({ _owningbusinessunit_value: WEST, _owninguser_value: REP, _owningteam_value: null });
    await o.call("sysadmin", "PATCH", `con_shipments(${id})`, { "ownerid@odata.bind": `/systemusers(${EASTERNER})` });
    expect(await unitOf()).toMatchObject({ _owningbusinessunit_value: "a0000000-0000-4000-8000-000000000003", _owninguser_value: EASTERNER });
  });
});

describe("secured columns", () => {
  let id: string; let profile: string;
  beforeAll(async () => {
    await reimport({ roleLevel: "Basic", secured: ["con_Value"] });
    id = await make(OWNERS.own(), { con_value: 12.5 });
    profile = await o.create("fieldsecurityprofiles", { name: "Prices" });
  });
  const permit = async (more: Record<string, number>): Promise<void> => {
    const [old] = (await o.call("sysadmin", "GET", "fieldpermissions")).json["value"] as Record<string, string>[];
    if (old !== undefined) await o.call("sysadmin", "DELETE", `fieldpermissions(${old["fieldpermissionid"] ?? ""})`);
    await o.create("fieldpermissions", { entityname: "con_shipment", attributelogicalname: "con_value", ...more, "fieldsecurityprofileid@odata.bind": `/fieldsecurityprofiles(${profile})` });
  };
  const read = async (who: string): Promise<unknown> => (await o.call(who, "GET", `con_shipments(${id})?$select=con_value,con_value_base`)).json;

  test("are null for who has no profile, in rows, lists, FetchXML and expansions; the administrator reads them", async () => {
    expect(await read("salesrep")).toMatchObject({ con_value: null, con_value_base: null });
    expect(await read("sysadmin")).toMatchObject({ con_value: 12.5 });
    expect((await o.call("salesrep", "GET", `con_shipments?$select=con_value&$filter=con_shipmentid eq ${id}`)).json["value"]).toEqual([expect.objectContaining({ con_value: null })]);
    expect((await o.call("salesrep", "GET", `con_shipments?fetchXml=${encodeURIComponent(`<fetch><entity name="con_shipment"><attribute name="con_value"/><filter><condition attribute="con_shipmentid" operator="eq" value="${id}"/></filter></entity></fetch>`)}`)).text).not.toContain("12.5");
  });
  test.each([["$filter=con_value gt 1"], ["$filter=con_name eq 'x' and con_value eq null"], ["$orderby=con_value"]])("%s is refused, or sees null by switch", async (query) => {
    expect((await o.call("salesrep", "GET", `con_shipments?$select=con_name&${query}`)).error.code).toBe("0x8004f506");
    await turn({ securedFilterIsRefused: false });
    expect((await o.call("salesrep", "GET", `con_shipments?$select=con_name&${query}`)).status).toBe(200);
    await turn({ securedFilterIsRefused: true });
  });
  test("are not written without the right to", async () => {
    expect((await o.call("salesrep", "PATCH", `con_shipments(${id})`, { con_value: 1 })).error.code).toBe("0x8004f507");
    expect((await o.call("salesrep", "POST", "con_shipments", { con_value: 1 })).error.code).toBe("0x8004f507");
    expect((await o.call("salesrep", "PATCH", `con_shipments(${id})`, { con_name: "other" })).status).toBe(204);
  });
  test.each<[string, string, () => string]>([["the user", "systemuserprofiles_association", () => `/systemusers(${REP})`], ["a team of his", "teamprofiles_association", () => `/teams(${crew})`]])("are readable, then writable, through a profile of %s", async (_name, nav, member) => {
    await link(`fieldsecurityprofiles(${profile})/${nav}`, member());
    await permit({ canread: 4 });
    expect(await read("salesrep")).toMatchObject({ con_value: 12.5 });
    expect((await o.call("salesrep", "PATCH", `con_shipments(${id})`, { con_value: 12.5 })).status).toBe(403);
    await permit({ canread: 4, canupdate: 4 });
    expect((await o.call("salesrep", "PATCH", `con_shipments(${id})`, { con_value: 12.5 })).status).toBe(204);
    expect((await o.call("salesrep", "POST", "con_shipments", { con_value: 1 })).status).toBe(403);
    await permit({ cancreate: 4 });
    expect((await o.call("salesrep", "POST", "con_shipments", { con_value: 1 })).status).toBe(204);
    await o.call("sysadmin", "DELETE", `fieldsecurityprofiles(${profile})/${nav}(${/\((.*)\)/.exec(member())?.[1] ?? ""})/$ref`);
    expect(await read("salesrep")).toMatchObject({ con_value: null });
  });
  test.each([["con_Name", "0x8004f501"], ["statecode", "0x8004f501"], ["con_Number", "0x80060896"], ["con_ShipmentId", "0x8004f501"]])("%s cannot be secured", async (name, code) => {
    expect((await o.sandbox("POST", "import", solutionZip({ secured: [name], version: "9.0.0.0" }))).error.code).toBe(code);
  });
});

describe("who acts for whom", () => {
  const objectOf = async (id: string): Promise<string> => String((await o.call("sysadmin", "GET", `systemusers(${id})`)).json["azureactivedirectoryobjectid"]);
  test.each<[string, () => Promise<Record<string, string>>]>([["MSCRMCallerID", () => Promise.resolve({ MSCRMCallerID: REP })], ["CallerObjectId", async () => ({ CallerObjectId: await objectOf(REP) })]])("by %s: the row says both, and rights are the user's", async (_name, headers) => {
    const id = idFrom(await o.call("sysadmin", "POST", "con_shipments", { con_name: "for Ann" }, await headers()));
    expect((await o.call("sysadmin", "GET", `con_shipments(${id})`)).json).toMatchObject({ _createdby_value: REP, _createdonbehalfby_value: ADMIN, _modifiedonbehalfby_value: ADMIN, _ownerid_value: REP });
    expect((await o.call("sysadmin", "GET", `con_shipments(${await make(OWNERS.elsewhere())})`, undefined, await headers())).error.code).toBe(DENIED);
    expect((await o.call("sysadmin", "GET", "WhoAmI", undefined, await headers())).json["UserId"]).toBe(REP);
  });
  test("together they may only what both may: a narrow caller does not become an administrator", async () => {
    await reimport({ roleLevel: "Basic", morePrivileges: ["prvActOnBehalfOfAnotherUser"] });
    const [own, foreign] = [await make(OWNERS.own()), await make(OWNERS.elsewhere())];
    const asAdmin = { MSCRMCallerID: ADMIN };
    expect([(await o.call("salesrep", "GET", `con_shipments(${own})`, undefined, asAdmin)).status, (await o.call("salesrep", "GET", `con_shipments(${foreign})`, undefined, asAdmin)).status]).toEqual([200, 403]);
    expect((await o.call("salesrep", "GET", "solutions", undefined, asAdmin)).status).toBe(200);
    expect((await o.call("salesrep", "GET", "asyncoperations", undefined, asAdmin)).error.code).toBe(DENIED);
    await reimport({ roleLevel: "Basic" });
    expect((await o.call("salesrep", "GET", "WhoAmI", undefined, asAdmin)).error.message).toContain("prvActOnBehalfOfAnotherUser");
  });
  test("an application user is one by its access mode, and its refusals say so", async () => {
    expect((await o.call("sysadmin", "GET", `systemusers(${user(7)})`)).json).toMatchObject({ accessmode: 4, applicationid: expect.stringMatching(/^c0000000/) as unknown });
    expect((await o.call("relay", "GET", "con_shipments")).error.message).toContain("accessMode=4");
  });
  test("a user without any role is told so", async () => {
    const roles = (await o.call("sysadmin", "GET", `systemusers(${user(6)})/systemuserroles_association`)).json["value"] as Record<string, string>[];
    for (const role of roles) await o.call("sysadmin", "DELETE", `systemusers(${user(6)})/systemuserroles_association(${role["roleid"] ?? ""})/$ref`);
    const answer = await o.call("configurator", "GET", "WhoAmI");
    expect([answer.status, answer.error.code]).toEqual([403, "0x80042f09"]);
  });
});

describe("roles by their privileges", () => {
  const idOf = async (name: string): Promise<string> => String(((await o.call("sysadmin", "GET", `privileges?$filter=name eq '${name}'`)).json["value"] as Record<string, string>[])[0]?.["privilegeid"]);
  const on = (name: string, body: unknown): Promise<Answer> => o.call("sysadmin", "POST", `roles(${SHIPPER})/Microsoft.Dynamics.CRM.${name}`, body);
  const held = async (path: string): Promise<Record<string, string>> => Object.fromEntries(((await o.call("sysadmin", "GET", path)).json["RolePrivileges"] as Record<string, string>[]).map((one) => [one["PrivilegeName"] ?? "", one["Depth"] ?? ""]));
  beforeAll(async () => { await reimport({ roleLevel: "Basic" }); });
  test("a role is given a privilege, shows it, and loses it", async () => {
    const elsewhere = await make(OWNERS.elsewhere());
    const PrivilegeId = await idOf("prvReadcon_Shipment");
    expect((await on("AddPrivilegesRole", { Privileges: [{ PrivilegeId, Depth: "Global", BusinessUnitId: WEST }] })).status).toBe(204);
    expect((await ACTS["Read"]?.(elsewhere))?.status).toBe(200);
    expect(await held(`roles(${SHIPPER})/Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRole()`)).toMatchObject({ prvReadcon_Shipment: "Global", prvWritecon_Shipment: "Basic" });
    expect(await held(`systemusers(${REP})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()`)).toMatchObject({ prvReadcon_Shipment: "Global", prvReadSalesOrder: "Local" });
    expect((await on("RemovePrivilegeRole", { PrivilegeId })).status).toBe(204);
    expect((await ACTS["Read"]?.(elsewhere))?.error.message).toContain("is missing prvReadcon_Shipment");
    expect((await on("ReplacePrivilegesRole", { Privileges: [{ PrivilegeId, Depth: "Basic" }] })).status).toBe(204);
    expect(Object.keys(await held(`roles(${SHIPPER})/Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRole()`))).toEqual(["prvReadcon_Shipment"]);
  });
  test("a role made by hand holds nothing until it is given something", async () => {
    const role = await o.create("roles", { name: "By hand", "businessunitid@odata.bind": `/businessunits(${WEST})` });
    expect(await held(`roles(${role})/Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRole()`)).toEqual({});
    await o.call("sysadmin", "POST", `roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: [{ PrivilegeId: await idOf("prvReadcon_Shipment"), Depth: 3 }] });
    expect(await held(`roles(${role})/Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRole()`)).toEqual({ prvReadcon_Shipment: "Global" });
    await link(`systemusers(${user(5)})/systemuserroles_association`, `/roles(${role})`);
    expect((await o.call("finance", "GET", `con_shipments(${await make(OWNERS.elsewhere())})`)).status).toBe(200);
    await link(`systemusers(${user(5)})/systemuserroles_association(${role})`, "", "DELETE");
  });
  test.each<[string, () => Promise<Answer>, number]>([["a privilege that is none", () => on("AddPrivilegesRole", { Privileges: [{ PrivilegeId: user(0), Depth: "Basic" }] }), 404], ["a depth that is none", async () => on("AddPrivilegesRole", { Privileges: [{ PrivilegeId: await idOf("prvReadAccount"), Depth: "Everywhere" }] }), 400], ["somebody who may not", () => o.call("salesrep", "POST", `roles(${SHIPPER})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: [] }), 403]])("%s is refused", async (_name, ask, status) => { expect((await ask()).status).toBe(status); });
});

describe("units and teams", () => {
  test("a new unit has a team of its name, which is not changed by hand", async () => {
    const unit = await o.create("businessunits", { name: "North", "parentbusinessunitid@odata.bind": `/businessunits(${WEST})` });
    const [team] = (await o.call("sysadmin", "GET", `teams?$filter=_businessunitid_value eq ${unit}`)).json["value"] as Record<string, string>[];
    expect(team).toMatchObject({ name: "North", isdefault: true });
    const at = `teams(${team?.["teamid"] ?? ""})`;
    const codes = [await o.call("sysadmin", "PATCH", at, { name: "South" }), await o.call("sysadmin", "DELETE", at), await link(`${at}/teammembership_association`, `/systemusers(${REP})`), await o.call("sysadmin", "DELETE", `businessunits(${unit})`)].map((answer) => answer.error.code);
    expect(codes).toEqual(["0x8004830a", "0x80048307", "0x8004830b", "0x80041d60"]);
    await o.call("sysadmin", "PATCH", `businessunits(${unit})`, { isdisabled: true });
    expect((await o.call("sysadmin", "DELETE", `businessunits(${unit})`)).status).toBe(204);
  });
  test("a team that owns rows stays, and so do the last administrator and the root unit", async () => {
    await turn({ ownerNeedsReadPrivilege: false });
    await make(OWNERS.team());
    expect((await o.call("sysadmin", "DELETE", `teams(${crew})`)).error.code).toBe("0x8004830e");
    expect((await o.call("sysadmin", "PATCH", `systemusers(${ADMIN})`, { isdisabled: true })).error.code).toBe("0x80041d2f");
    expect((await o.call("sysadmin", "PATCH", "businessunits(a0000000-0000-4000-8000-000000000001)", { isdisabled: true })).error.code).toBe("0x80041d63");
  });
});
