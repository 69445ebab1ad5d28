// What has changed since a delta link was given: new, changed and deleted rows, as far as the reader may see them.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOrganization, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
beforeAll(async () => { o = await startOrganization(); });
afterAll(async () => { await o.close(); });

const TRACK = { prefer: "odata.track-changes" };
const below = (link: unknown): string => String(link).replace(/^.*\/api\/data\/v9\.2\//, "");
const start = async (path = "accounts?$select=name", user = "sysadmin"): Promise<string> => below((await o.call(user, "GET", path, undefined, TRACK)).json["@odata.deltaLink"]);
type Row = Record<string, unknown>;
const follow = async (link: string, user = "sysadmin"): Promise<{ rows: Row[]; next: string }> => {
  const { json } = await o.call(user, "GET", link);
  return { rows: json["value"] as Row[], next: below(json["@odata.deltaLink"]) };
};

test("the first answer is the whole table with a link that keeps what was selected", async () => {
  const id = await o.create("accounts", { name: "First" });
  const answer = await o.call("sysadmin", "GET", "accounts?$select=name", undefined, TRACK);
  expect(answer.json["@odata.context"]).toMatch(/\$metadata#accounts\(name\)\/\$delta$/);
  expect(answer.headers.get("preference-applied")).toBe("odata.track-changes");
  expect(String(answer.json["@odata.deltaLink"])).toMatch(/\/accounts\?\$select=name&\$deltatoken=\d+%21\d{2}%2F\d{2}%2F\d{4}%20\d{2}%3A\d{2}%3A\d{2}$/);
  expect(answer.json["value"]).toEqual(expect.arrayContaining([expect.objectContaining({ accountid: id, name: "First" })]));
});

test("the link gives what was created, changed and deleted since, once each, and a new link", async () => {
  const [changed, deleted] = [await o.create("accounts", { name: "A" }), await o.create("accounts", { name: "B" })];
  const link = await start();
  expect((await follow(link)).rows).toEqual([]);
  const made = await o.create("accounts", { name: "C" });
  await o.call("sysadmin", "PATCH", `accounts(${changed})`, { name: "A2" });
  await o.call("sysadmin", "PATCH", `accounts(${changed})`, { name: "A3" });
  await o.call("sysadmin", "DELETE", `accounts(${deleted})`);
  const { rows, next } = await follow(link);
  expect(rows).toHaveLength(3);
  expect(rows).toEqual(expect.arrayContaining([expect.objectContaining({ accountid: made, name: "C" }), expect.objectContaining({ accountid: changed, name: "A3" }), { "@odata.context": expect.stringMatching(/#accounts\/\$deletedEntity$/) as unknown, id: deleted, reason: "deleted" }]));
  expect((await follow(next)).rows).toEqual([]);
});

test("a row that came and went, or whose deletion was taken back, is no deletion of what is there", async () => {
  const link = await start();
  const id = await o.create("accounts", { name: "Twice" });
  const body = `--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n--c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\nDELETE /api/data/v9.2/accounts(${id}) HTTP/1.1\r\n\r\n--c\r\nContent-Type: application/http\r\nContent-ID: 2\r\n\r\nPOST /api/data/v9.2/accounts HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"nosuch":1}\r\n--c--\r\n--b--`;
  expect((await o.call("sysadmin", "POST", "$batch", body, { "content-type": "multipart/mixed;boundary=b" })).status).toBe(400);
  expect((await follow(link)).rows).toEqual([expect.objectContaining({ accountid: id })]);
});

test("a reader is told of the rows that he may read", async () => {
  const link = await start("accounts?$select=name", "salesrep");
  await o.create("accounts", { name: "Of the administrator's unit" });
  const own = await o.call("salesrep", "POST", "accounts", { name: "His own" });
  expect(own.status).toBe(204);
  expect((await follow(link, "salesrep")).rows).toEqual([expect.objectContaining({ name: "His own" })]);
});

describe("refused", () => {
  test.each([["a filter", "accounts?$filter=name eq 'x'"], ["an order", "accounts?$orderby=name"], ["an expansion", "accounts?$expand=primarycontactid"], ["a top", "accounts?$top=1"], ["a table that is not tracked", "con_shipments"]])("%s", async (_name, path) => {
    expect((await o.call("sysadmin", "GET", path, undefined, TRACK)).status).toBe(400);
  });
  test.each([["a token that is none", "accounts?$deltatoken=abc", "0x80040203"], ["a token of another life", "accounts?$deltatoken=999999999!01/01/2026", "0x80044352"]])("%s", async (_name, path, code) => {
    expect((await o.call("sysadmin", "GET", path)).error.code).toBe(code);
  });
});

test("deletions are remembered across a restart", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "dataverse-delta-"));
  const first = await startOrganization({ dataDir });
  const id = await first.create("accounts", { name: "Gone" });
  const link = below((await first.call("sysadmin", "GET", "accounts?$select=name", undefined, TRACK)).json["@odata.deltaLink"]);
  await first.call("sysadmin", "DELETE", `accounts(${id})`);
  await first.close();
  const second = await startOrganization({ dataDir, withoutSolution: true });
  expect((await second.call("sysadmin", "GET", link)).json["value"]).toEqual([expect.objectContaining({ id, reason: "deleted" })]);
  await second.close();
  rmSync(dataDir, { recursive: true });
});
