// Two versions compared: each kind of difference in words, what an upgrade would refuse or lose, a zip against an environment.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { assembleEntries, comparable, compareInventories, type Inventory, PackError, readEnvironment, readPackage, reportOf, zipEntries } from "@cybs/packer";
import { startOrganization, type TestOrganization } from "../dataverse/organization.ts";
import { product, productWith } from "./support/product.ts";

type Changes = Parameters<typeof productWith>[0];
const MANIFEST = "Other/Solution.xml";
const REP = "Roles/Cybersource Payments – Sales rep.xml";
const PAYMENT = "Entities/cybs_Payment/Entity.xml";
const next = (text: string) => text.replace("<Version>1.0.0.0<", "<Version>1.1.0.0<");
const packed = (changes: Changes = {}, type: "managed" | "unmanaged" = "managed"): Inventory =>
  readPackage("new.zip", zipEntries(assembleEntries(productWith({ [MANIFEST]: next, ...changes }), type)));
const before = readPackage("old.zip", zipEntries(assembleEntries(product(), "managed")));
const swap = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const viewOf = product().paths.find((path) => path.startsWith("Entities/cybs_Payment/SavedQueries/")) ?? "";

const CASES: readonly { change: string; changes: Changes; says: string; effect?: RegExp }[] = [
  { change: "a column is new", changes: { [PAYMENT]: (text) => text.replace(/( *<attribute PhysicalName="cybs_LastFour">[\s\S]*?<\/attribute>\n)/, (all) => all + all.replaceAll("cybs_LastFour", "cybs_FirstSix").replaceAll("cybs_lastfour", "cybs_firstsix")) }, says: "Column \"Last four digits\" (cybs_firstsix) of \"Payment\" (cybs_payment) (text)." },
  { change: "a column is gone", changes: { [PAYMENT]: swap(/ *<attribute PhysicalName="cybs_LastFour">[\s\S]*?<\/attribute>\n/, "") }, says: "Column \"Last four digits\" (cybs_lastfour) of \"Payment\" (cybs_payment).", effect: /What rows hold in .*cybs_lastfour.* is deleted/ },
  { change: "a column has another type", changes: { [PAYMENT]: (text) => text.replace(/(<attribute PhysicalName="cybs_LastFour">\s*<Type>)nvarchar/, "$1int") }, says: "was text and is now whole number", effect: /The import is refused: a column's type cannot change/ },
  { change: "a column is shorter", changes: { [PAYMENT]: (text) => text.replace(/(PhysicalName="cybs_NextText"[\s\S]*?<MaxLength>)500/, "$1200") }, says: "holds 200 characters instead of 500", effect: /refused if a row holds more than 200/ },
  { change: "a choice is gone", changes: { "Entities/cybs_PaymentDecision/Entity.xml": swap(/ *<option value="727000003">[\s\S]*?<\/option>\n/, "") }, says: "can no longer be \"Withdraw refund request\" (727000003)", effect: /keep the number 727000003/ },
  { change: "a choice has another word", changes: { "Entities/cybs_PaymentDecision/Entity.xml": swap("description=\"Accept partial\"", "description=\"Accept a part\"") }, says: "\"Accept partial\" is now called \"Accept a part\"" },
  { change: "a right is new", changes: { [REP]: swap("</RolePrivileges>", "<RolePrivilege name=\"prvCreatecybs_RefundRequest\" level=\"Basic\" /></RolePrivileges>") }, says: "\"Cybersource Payments – Sales rep\" may create cybs_refundrequest: own rows." },
  { change: "a right is gone", changes: { [REP]: swap(/ *<RolePrivilege name="prvCreatecybs_PaymentRequest" level="Basic" \/>\n/, "") }, says: "may no longer create cybs_paymentrequest", effect: /can no longer create cybs_paymentrequest/ },
  { change: "a right reaches less far", changes: { [REP]: swap("name=\"prvReadcybs_Payment\" level=\"Local\"", "name=\"prvReadcybs_Payment\" level=\"Basic\"") }, says: "may read cybs_payment: own rows instead of rows of the own unit", effect: /read cybs_payment fewer rows/ },
  { change: "a view is different", changes: { [viewOf]: swap("descending=\"true\"", "descending=\"false\"") }, says: "View " },
  { change: "a command does something else", changes: { "Entities/SalesOrder/RibbonDiff.xml": swap("FunctionName=\"Cybs.takePayment\"", "FunctionName=\"Cybs.pay\"") }, says: "Command \"Take payment\" (cybs.salesorder.takepayment)" },
  { change: "a script is different", changes: { "WebResources/cybs_/js/payments.js": "var Cybs = 2;" }, says: "Web resource cybs_/js/payments.js." },
  { change: "a control is different", changes: { "Controls/cybs_CybersourcePayments.CardPicker/bundle.js": "var built = 2;" }, says: "CardPicker" },
  { change: "the publisher is another", changes: { [MANIFEST]: (text) => next(text).replace("<UniqueName>cybersourcepayments<", "<UniqueName>somebody<") }, says: "The publisher was cybersourcepayments and is somebody", effect: /publisher cannot change/ },
  { change: "the version is not higher", changes: { [MANIFEST]: (text) => text.replace("1.0.0.0</Version>", "0.9.0.0</Version>") }, says: "The version is 0.9.0.0 after 1.0.0.0", effect: /needs a version higher than 1.0.0.0/ },
];

describe("two packages", () => {
  test("that differ in the version alone say so", () => {
    const after = packed();
    expect(compareInventories(before, after)).toEqual([]);
    expect(reportOf(before, after, [])).toMatch(/From CybersourcePayments 1.0.0.0 \(old.zip\)\nto {3}CybersourcePayments 1.1.0.0 \(new.zip\)[\s\S]*are the same/);
  });

  test.each(CASES)("$change", ({ changes, says, effect }) => {
    const after = packed(changes);
    const found = compareInventories(before, after);
    expect(found.map(({ sentence }) => sentence).join("\n")).toContain(says);
    const effects = found.flatMap((change) => (change.effect === undefined ? [] : [change.effect.sentence])).join("\n");
    if (effect === undefined) expect(effects).toBe("");
    else expect(effects).toMatch(effect);
    expect(reportOf(before, after, found)).toContain(effects.split("\n")[0] ?? "");
  });

  test("a removed table goes with its rows, a removed role with its rights", () => {
    const without = { ...before, version: "1.1.0.0", tables: new Map([...before.tables].filter(([name]) => name !== "cybs_bulkrun")), roles: new Map([...before.roles].slice(1)) };
    const report = reportOf(before, without, compareInventories(before, without));
    expect(report).toContain("All rows of \"Bulk Run\" (cybs_bulkrun) are deleted.");
    expect(report).toMatch(/Everybody who has the role "Cybersource Payments – \w+" loses its rights\./);
  });

  test("managed over unmanaged is refused", () => {
    expect(compareInventories(before, packed({}, "unmanaged")).map(({ effect }) => effect?.sentence)).toEqual(["The import is refused: managed and unmanaged do not replace each other."]);
  });

  test.each([["no zip", new TextEncoder().encode("hello"), /is no zip file/], ["a zip of something else", zipEntries(new Map([["a.txt", new Uint8Array()]])), /has no solution.xml/]] as const)("%s is named", (_name, bytes, says) => {
    expect(() => readPackage("x.zip", bytes)).toThrow(says);
    expect(() => readPackage("x.zip", bytes)).toThrow(PackError);
  });
});

describe("an environment and a package", () => {
  let o: TestOrganization;
  const zip = zipEntries(assembleEntries(product(), "managed"));
  const read = () => readEnvironment({ url: o.http, token: o.dataverse.tokens["sysadmin"] ?? "", solution: "CybersourcePayments", tables: [...before.tables.keys()], rolePrefix: "Cybersource Payments" });
  beforeAll(async () => {
    o = await startOrganization({ withoutSolution: true });
  });
  afterAll(async () => { await o.close(); });

  test("that does not have the solution says so", async () => {
    await expect(read()).rejects.toThrow(/does not have the solution CybersourcePayments. Import it first/);
  });

  test("that has the same differ in nothing", async () => {
    expect((await o.sandbox("POST", "import", zip)).status).toBe(200);
    const [old, now] = comparable(await read(), packed());
    expect(compareInventories(old, now)).toEqual([]);
  });

  test("show what the next version would take away and add there", async () => {
    const after = packed({ [REP]: swap(/ *<RolePrivilege name="prvCreatecybs_PaymentRequest" level="Basic" \/>\n/, ""), [PAYMENT]: swap(/ *<attribute PhysicalName="cybs_LastFour">[\s\S]*?<\/attribute>\n/, "") });
    const [old, now] = comparable(await read(), after);
    const sentences = compareInventories(old, now).map(({ kind, sentence }) => `${kind}: ${sentence}`);
    expect(sentences).toEqual(["removed: Column \"Last four digits\" (cybs_lastfour) of \"Payment\" (cybs_payment).", "removed: \"Cybersource Payments – Sales rep\" may no longer create cybs_paymentrequest."]);
  });

  test("show commands and web resources that the next version changes there", async () => {
    const after = packed({
      "Entities/SalesOrder/RibbonDiff.xml": (text) => text.replaceAll("cybs.salesorder.TakePayment", "cybs.salesorder.CollectPayment"),
      "WebResources/cybs_/js/payments.js": "var Cybs = 2;", "WebResources/cybs_/icons/release.svg": "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>",
    });
    const [old, now] = comparable(await read(), after);
    expect(compareInventories(old, now).map(({ kind, sentence }) => `${kind}: ${sentence}`)).toEqual([
      "added: Command \"Take payment\" (cybs.salesorder.collectpayment) of Order.", "removed: Command \"Take payment\" (cybs.salesorder.takepayment) of Order.",
      "changed: Web resource cybs_/icons/release.svg.", "changed: Web resource cybs_/js/payments.js.",
    ]);
  });

  test("refuse a token that may not read", async () => {
    await expect(readEnvironment({ url: o.http, token: "nobody", solution: "CybersourcePayments", tables: [], rolePrefix: "" })).rejects.toThrow(/Check the token in DATAVERSE_TOKEN/);
  });
});
