// Who may do what: the shipped roles against the rules that money depends on, and against the written matrix.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Privilege, privilegesOf, readSolution } from "@cybs/packer";
import { product, root } from "./support/product.ts";

const PREFIX = "Cybersource Payments – ";
const roles = new Map(readSolution(product()).roles.map((role) => [(role.root.attributes.get("name") ?? "").replace(PREFIX, ""), privilegesOf(role)]));
const people = [...roles].filter(([name]) => name !== "Relay");
const grants = (name: string, table: string): readonly string[] => (roles.get(name) ?? []).filter((one) => one.table === table).map((one) => one.verb);

const OWNED_BY_RELAY = ["cybs_Payment", "cybs_PaymentTransaction", "cybs_PaymentMethod", "cybs_PaymentAllocation", "cybs_CreditMemo"];
const CREATE_ONLY = ["cybs_PaymentDecision", "cybs_RefundRequest", "cybs_RefundApproval", "cybs_ManualPayment", "cybs_OperatorDecision", "cybs_BulkRun"];
/** Which people may create what is never changed: the right to create is the right to ask or to decide. */
const CREATORS: Readonly<Record<string, readonly string[]>> = {
  cybs_PaymentRequest: ["Sales rep"], cybs_PaymentDecision: ["Operator", "Refund agent", "Refund approver", "Sales rep"], cybs_RefundRequest: ["Refund agent"], cybs_RefundApproval: ["Refund approver"],
  cybs_ManualPayment: ["Refund agent", "Sales rep"], cybs_OperatorDecision: ["Operator"], cybs_BulkRun: ["Refund agent", "Sales rep"], cybs_RefundLimit: ["Configurator"], cybs_MerchantAccount: ["Configurator"],
};

describe("the shipped roles", () => {
  test("are the eight that the design names", () => {
    expect([...roles.keys()].sort()).toEqual(["Configurator", "Finance", "Operator", "Refund agent", "Refund approver", "Relay", "Sales rep", "Team reader"]);
  });

  test.each(people.map(([name]) => name))("%s cannot create, write, delete, assign or share what the relay owns", (name) => {
    for (const table of OWNED_BY_RELAY) expect([table, grants(name, table).filter((verb) => !["Read", "AppendTo"].includes(verb))]).toEqual([table, []]);
  });

  test.each(people.map(([name]) => name))("%s cannot change or delete what is only created, not even an own one", (name) => {
    for (const table of CREATE_ONLY) expect(grants(name, table).filter((verb) => ["Write", "Delete", "Assign", "Share"].includes(verb))).toEqual([]);
  });

  test("let only the owner write a payment request", () => {
    const writers = people.flatMap(([name, all]) => all.filter((one) => one.table === "cybs_PaymentRequest" && one.verb === "Write").map((one) => `${name}:${one.level}`));
    expect(writers).toEqual(["Sales rep:Basic"]);
  });

  test.each(Object.entries(CREATORS))("let people create %s only as %j", (table, creators) => {
    expect(people.map(([name]) => name).filter((name) => grants(name, table).includes("Create")).sort()).toEqual(creators);
  });

  test("delete nothing and share nothing", () => {
    const found = [...roles].flatMap(([name, all]) => all.filter(({ verb }) => verb === "Delete" || verb === "Share").map(({ verb, table }) => `${name} ${verb} ${table}`));
    expect(found).toEqual([]);
  });

  test("let the relay write its own tables, create requests for business events, and change no request, approval, decision or setting", () => {
    for (const table of OWNED_BY_RELAY) expect([...grants("Relay", table)].filter((verb) => verb !== "AppendTo").sort()).toEqual(["Append", "Assign", "Create", "Read", "Write"]);
    for (const table of ["cybs_PaymentRequest", "cybs_RefundRequest"]) expect([...grants("Relay", table)].sort()).toEqual(["Append", "AppendTo", "Assign", "Create", "Read"]);
    for (const table of [...CREATE_ONLY.filter((one) => one !== "cybs_RefundRequest"), "cybs_MerchantAccount", "cybs_RefundLimit"]) expect(grants("Relay", table).filter((verb) => !["Read", "AppendTo"].includes(verb))).toEqual([]);
  });

  test("reach standard tables only through the relay's role, and there only to tell people and to keep a document's status", () => {
    const standard = [...roles].flatMap(([name, all]) => all.filter(({ table }) => !table.startsWith("cybs_") && !table.startsWith("EnvironmentVariable")).map(({ verb, table }) => `${name} ${verb} ${table}`));
    expect(standard.sort()).toEqual([
      "Relay Append Activity", "Relay Append Invoice", "Relay Append SalesOrder", "Relay Append appnotification", "Relay AppendTo Activity", "Relay Assign Activity", "Relay Assign appnotification", "Relay Create Activity", "Relay Create appnotification",
      "Relay Read Activity", "Relay Read appnotification", "Relay Write Invoice", "Relay Write SalesOrder",
    ]);
  });

  test("let only the configurator write merchant accounts and settings", () => {
    const writers = [...roles].filter(([, all]) => all.some(({ verb, table }) => ["Create", "Write"].includes(verb) && ["cybs_MerchantAccount", "EnvironmentVariableValue"].includes(table))).map(([name]) => name);
    expect(writers).toEqual(["Configurator"]);
  });

  test("let everybody read the relay's address", () => {
    for (const [name] of roles) expect([name, grants(name, "EnvironmentVariableDefinition"), grants(name, "EnvironmentVariableValue")]).toEqual([name, expect.arrayContaining(["Read"]), expect.arrayContaining(["Read"])]);
  });

  test("give a team what it needs to own the rows: read on each", () => {
    for (const table of ["cybs_PaymentRequest", ...CREATE_ONLY, ...OWNED_BY_RELAY]) expect(grants("Team reader", table)).toEqual(["Read"]);
  });
});

describe("the written matrix", () => {
  const VERBS = ["Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share"];
  const LEVELS: Readonly<Record<string, string>> = { user: "Basic", unit: "Local", "unit+": "Deep", all: "Global" };
  const written = readFileSync(join(root, "docs", "reference", "roles.md"), "utf8").split("\n")
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
    .filter((cells) => cells.length === 2 + VERBS.length && roles.has(cells[0] ?? ""));

  test("names every privilege with its depth, and no other", () => {
    const ofDocument = written.flatMap(([name = "", table = "", ...cells]) =>
      cells.flatMap((cell, at) => (cell === "" ? [] : [`${name}: ${VERBS[at] ?? ""} ${table} ${LEVELS[cell] ?? cell}`])));
    const ofSource = [...roles].flatMap(([name, all]) => all.map(({ verb, table, level }: Privilege) => `${name}: ${verb} ${table} ${level}`));
    expect(ofDocument.sort()).toEqual(ofSource.sort());
  });
});
