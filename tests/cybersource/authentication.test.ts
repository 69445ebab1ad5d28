// Every way in which a signature can be wrong is refused with the same words; every documented way to sign is accepted.
import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { payment, startMerchant, type Answered, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
afterAll(async () => { await merchant.close(); });

const PATH = "/pts/v2/payments";
const without = (claims: Json, name: string): Json => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
const host = (): string => new URL(merchant.sandbox.url).host;
const FAILED = { status: 401, body: { response: { rmsg: "Authentication Failed" } } };

describe("A JSON Web Token", () => {
  const body = JSON.stringify(payment());
  const send = async (change: (claims: Json) => Json, header?: Json): Promise<Answered> =>
    merchant.raw("POST", PATH, { host: host(), authorization: `Bearer ${merchant.jwt(change(merchant.claims("POST", PATH, body)), header)}`, "content-type": "application/json" }, body);

  test("as documented is accepted, also with the older name of the digest's algorithm", async () => {
    expect((await send((claims) => claims)).status).toBe(201);
    expect((await send(({ digestAlgorithm, ...claims }) => ({ ...claims, "digest-algorithm": digestAlgorithm }))).status).toBe(201);
  });

  const now = Math.floor(Date.now() / 1000);
  test.each<[string, (claims: Json) => Json]>([
    ["lives longer than 120 seconds", (claims) => ({ ...claims, exp: Number(claims["iat"]) + 121 })],
    ["has expired", (claims) => ({ ...claims, iat: now - 200, exp: now - 100 })],
    ["does not say when it was issued", (claims) => without(claims, "iat")],
    ["is from the future", (claims) => ({ ...claims, iat: now + 900, exp: now + 1000 })],
    ["is for another host", (claims) => ({ ...claims, "request-host": "apitest.cybersource.com" })],
    ["leaves out the port", (claims) => ({ ...claims, "request-host": "localhost" })],
    ["is for another path", (claims) => ({ ...claims, "request-resource-path": "/pts/v2/credits" })],
    ["is for another method", (claims) => ({ ...claims, "request-method": "get" })],
    ["names another merchant", (claims) => ({ ...claims, "v-c-merchant-id": "somebody" })],
    ["is issued by another merchant", (claims) => ({ ...claims, iss: "somebody" })],
    ["is of another version", (claims) => ({ ...claims, "v-c-jwt-version": "1" })],
    ["has the digest of another body", (claims) => ({ ...claims, digest: createHash("sha256").update("{}").digest("base64") })],
    ["has no digest", (claims) => without(claims, "digest")],
    ["has no id", (claims) => without(claims, "jti")],
  ])("that %s is refused", async (_, change) => { expect(await send(change)).toMatchObject(FAILED); });

  test.each<[string, Json]>([["another key", { alg: "HS256", kid: "other", typ: "JWT" }], ["no algorithm", { alg: "none", kid: "x", typ: "JWT" }]])("that names %s is refused", async (_, header) => { expect(await send((claims) => claims, header)).toMatchObject(FAILED); });

  test("is good for one call", async () => {
    const claims = merchant.claims("POST", PATH, body);
    expect((await send(() => claims)).status).toBe(201);
    expect(await send(() => claims)).toMatchObject(FAILED);
  });

  test("is measured against real time, whatever the business clock says", async () => {
    await merchant.control("clock", { advance: "P3D" });
    expect((await send((claims) => claims)).status).toBe(201);
  });

  test.each([["nothing", {}], ["a word", { authorization: "Bearer word" }], ["three dots", { authorization: "Bearer ..." }], ["basic", { authorization: "Basic eDp5" }]])("that is %s is refused", async (_, headers) => {
    expect(await merchant.raw("POST", PATH, { host: host(), ...headers }, body)).toMatchObject(FAILED);
  });

  test.each([["either", 404, 404], ["with_query", 404, 401], ["without_query", 401, 404]])("may name the path with the query or without it: resourcePath %s", async (resourcePath, withQuery, without_) => {
    await merchant.control("settings", { resourcePath });
    const path = "/tms/v2/customers/0?limit=1";
    const statuses: number[] = [];
    for (const named of [path, "/tms/v2/customers/0"]) {
      const claims = { ...merchant.claims("GET", path, ""), "request-resource-path": named };
      statuses.push((await merchant.raw("GET", path, { host: host(), authorization: `Bearer ${merchant.jwt(claims)}` })).status);
    }
    expect(statuses).toEqual([withQuery, without_]);
    await merchant.control("settings", { resourcePath: "either" });
  });
});

describe("An HTTP signature", () => {
  const body = JSON.stringify(payment());
  interface Signing { headers: readonly string[]; date: string; digest: string; target: string; keyid: string }
  const send = async (more: Partial<Signing> = {}): Promise<Answered> => {
    const { id, keyId, sharedSecret } = merchant.sandbox.merchant;
    const signing: Signing = { headers: ["host", "date", "request-target", "digest", "v-c-merchant-id"], date: new Date().toUTCString(), digest: `SHA-256=${createHash("sha256").update(body).digest("base64")}`, target: `post ${PATH}`, keyid: keyId, ...more };
    const values: Record<string, string> = { host: host(), date: signing.date, "request-target": signing.target, "(request-target)": signing.target, digest: signing.digest, "v-c-merchant-id": id };
    const text = signing.headers.map((name) => `${name}: ${values[name] ?? ""}`).join("\n");
    const signature = createHmac("sha256", Buffer.from(sharedSecret, "base64")).update(text).digest("base64");
    return merchant.raw("POST", PATH, { host: host(), date: signing.date, digest: signing.digest, "v-c-merchant-id": id, signature: `keyid="${signing.keyid}", algorithm="HmacSHA256", headers="${signing.headers.join(" ")}", signature="${signature}"` }, body);
  };

  test.each([["today's spelling", "request-target"], ["the older spelling", "(request-target)"]])("in %s is accepted", async (_, name) => {
    expect((await send({ headers: ["host", "date", name, "digest", "v-c-merchant-id"] })).status).toBe(201);
  });

  test("in the older spelling is refused once acceptsOldTarget is off", async () => {
    await merchant.control("settings", { acceptsOldTarget: false });
    expect([(await send({ headers: ["host", "date", "(request-target)", "digest", "v-c-merchant-id"] })).status, (await send()).status]).toEqual([401, 201]);
    await merchant.control("settings", { acceptsOldTarget: true });
  });

  test.each([[300, 401], [900, 201]])("of ten minutes ago, with dateSkewSeconds %d, is %d", async (dateSkewSeconds, status) => {
    await merchant.control("settings", { dateSkewSeconds });
    expect((await send({ date: new Date(Date.now() - 600_000).toUTCString() })).status).toBe(status);
    await merchant.control("settings", { dateSkewSeconds: 300 });
  });

  test("may be dated by v-c-date, where a client may not set the date", async () => {
    const { id, keyId, sharedSecret } = merchant.sandbox.merchant;
    const values = { host: host(), "v-c-date": new Date().toUTCString(), "request-target": `post ${PATH}`, digest: `SHA-256=${createHash("sha256").update(body).digest("base64")}`, "v-c-merchant-id": id };
    const signature = createHmac("sha256", Buffer.from(sharedSecret, "base64")).update(Object.entries(values).map(([name, value]) => `${name}: ${value}`).join("\n")).digest("base64");
    const { "request-target": _target, ...headers } = values;
    expect((await merchant.raw("POST", PATH, { ...headers, signature: `keyid="${keyId}", algorithm="HmacSHA256", headers="${Object.keys(values).join(" ")}", signature="${signature}"` }, body)).status).toBe(201);
  });

  test.each<[string, Partial<Signing>]>([
    ["of another path", { target: "post /pts/v2/credits" }], ["of another body", { digest: `SHA-256=${createHash("sha256").update("{}").digest("base64")}` }], ["of an hour ago", { date: new Date(Date.now() - 3_600_000).toUTCString() }],
    ["without a date", { date: "" }], ["with another key", { keyid: "other" }], ["that leaves out the digest", { headers: ["host", "date", "request-target", "v-c-merchant-id"] }],
    ["that leaves out the target", { headers: ["host", "date", "digest", "v-c-merchant-id"] }], ["that leaves out the date", { headers: ["host", "request-target", "digest", "v-c-merchant-id"] }],
  ])("%s is refused", async (_, more) => { expect(await send(more)).toMatchObject(FAILED); });
});
