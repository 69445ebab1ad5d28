// Cybersource's notifications: every form of signature that its own sources describe, keys that are exchanged, encryption, and nothing else.
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { CompactEncrypt } from "jose";
import { json, organization, startTestServer, type TestServer } from "./relay-server.ts";

const signing = [{ keyId: "old-key", key: Buffer.from("an old key of thirty two bytes!!").toString("base64") }, { keyId: "new-key", key: Buffer.from("a new key of thirty-two bytes!!!").toString("base64") }] as const;
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const webhooks = { signing, decryption: [{ keyId: "egress-1", privateKey: pair.privateKey }] };
const PATH = `/webhooks/cybersource/${organization}`;

const data = { id: "6750124114786780104953", status: "BATCHED", clientReferenceInformation: { code: "R-1" }, amount: "1.10" };
const notification = (payload: unknown = { data, organizationId: "contoso" }): Record<string, unknown> => ({ eventType: "payments.capture.status.updated", webhookId: "w", organizationId: "contoso", transactionTraceId: randomUUID(), payload });

interface Signing { readonly at?: number; readonly keyId?: string; readonly key?: string }
function signatureOf(text: string | Buffer, { at = Date.now(), keyId = "new-key", key = signing[1].key }: Signing = {}): string {
  const sig = createHmac("sha256", Buffer.from(key, "base64")).update(`${at}.`).update(text).digest("base64");
  return `t=${at};keyId=${keyId};sig=${sig}`;
}

let server: TestServer;
beforeAll(async () => { server = await startTestServer({}, { webhooks }); });
afterAll(() => server.close());
beforeEach(() => { server.called.length = 0; });

const deliver = (body: string | Buffer, signature: string | undefined, headers: Record<string, string> = {}) =>
  server.send({ method: "POST", path: PATH, body, headers: { "content-type": "application/json", ...(signature === undefined ? {} : { "v-c-signature": signature }), ...headers } });
const events = () => server.called.filter((one) => one.flow === "receiveCybersourceEvent").map((one) => (one.input as { event: Record<string, unknown> }).event);

describe("what was signed", () => {
  // Spaces, an escaped quote and a payload that is not printed the way JSON.stringify would.
  const payload = `{ "data" : ${json(data).replace('"1.10"', '"1.10" ')}, "note": "a \\"payload\\": {", "organizationId":"contoso"}`;
  const raw = `{"eventType":"payments.capture.status.updated", "x": {"payload": 1}, "payload":${payload} ,"webhookId":"w"}`;
  test.each([
    ["the whole body", raw, raw], ["its payload, as it stands", raw, payload], ["its payload, printed anew", raw, json(JSON.parse(payload))],
    ["the payload of an older delivery, a list", json(notification([{ data, organizationId: "contoso" }])), json([{ data, organizationId: "contoso" }])],
    ["the payloads of the test endpoint", json({ eventType: "payments.capture.status.updated", payloads: [{ data }] }), json([{ data }])],
  ])("%s", async (_what, body, signed) => {
    expect(await deliver(body, signatureOf(signed))).toMatchObject({ status: 204, text: "" });
    expect(events()).toEqual([expect.objectContaining({ eventType: "payments.capture.status.updated", requestId: data.id, merchantReference: "R-1", businessKey: `payments.capture.status.updated:${data.id}:BATCHED` })]);
  });

  test("bytes, not letters: a body that is no UTF-8 is checked as it came", async () => {
    const body = Buffer.concat([Buffer.from('{"eventType":"a.b","payload":{"data":{"id":"6750124114786780104953","name":"'), Buffer.from([0xe9, 0xff]), Buffer.from('"}}}')]);
    expect(await deliver(body, signatureOf(body))).toMatchObject({ status: 204 });
  });
});

describe("who signed", () => {
  const body = json(notification());
  test("both of two keys, while one is exchanged for the other", async () => {
    for (const { keyId, key } of signing) expect(await deliver(body, signatureOf(body, { keyId, key }))).toMatchObject({ status: 204 });
  });

  test.each([
    ["nobody", undefined], ["a key we do not have", signatureOf(body, { keyId: "stranger" })], ["one key under the other's name", signatureOf(body, { keyId: "old-key" })],
    ["for another body", signatureOf(`${body} `)], ["an hour ago", signatureOf(body, { at: Date.now() - 3_600_000 })], ["an hour from now", signatureOf(body, { at: Date.now() + 3_600_000 })],
    ["nonsense", "t=1"], ["without a time", "keyId=new-key;sig=AAAA"], ["with a signature cut short", signatureOf(body).slice(0, -8)], ["another time than it says", signatureOf(body).replace(/t=\d+/, `t=${Date.now() + 1}`)],
  ])("not %s", async (_who, signature) => {
    expect(await deliver(body, signature)).toMatchObject({ status: 401, json: { code: "webhook_signature_wrong" } });
    expect(events()).toEqual([]);
  });
});

describe("encrypted", () => {
  const encrypt = (text: string, kid = "egress-1", key = pair.publicKey): Promise<string> => new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", kid }).encrypt(key);
  const clear = json(notification());

  test.each(["bare", "encData", "encryptedRequest", "as payload"])("%s, signed over what travelled", async (how) => {
    const jwe = await encrypt(how === "as payload" ? json({ data }) : clear);
    const body = how === "bare" ? jwe : how === "as payload" ? json(notification(jwe)) : json({ [how]: jwe });
    expect(await deliver(body, signatureOf(body), { "content-type": how === "bare" ? "application/jose" : "application/json", "v-c-event-type": "payments.capture.status.updated" })).toMatchObject({ status: 204 });
    expect(events()).toEqual([expect.objectContaining({ requestId: data.id, merchantReference: "R-1" })]);
  });

  test("signed over what was inside", async () => {
    const jwe = await encrypt(clear);
    expect(await deliver(jwe, signatureOf(clear))).toMatchObject({ status: 204 });
    expect(events()).toHaveLength(1);
  });

  test("with a key id that we do not know, opened by whichever key fits", async () => {
    const jwe = await encrypt(clear, "renamed");
    expect(await deliver(jwe, signatureOf(jwe))).toMatchObject({ status: 204 });
  });

  test("for somebody else: refused, so that it is delivered again once the key is there", async () => {
    const jwe = await encrypt(clear, "egress-1", generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey);
    expect(await deliver(jwe, signatureOf(jwe))).toMatchObject({ status: 400, json: { code: "invalid_request" } });
    expect(events()).toEqual([]);
  });
});

describe("health checks", () => {
  test.each([["GET", PATH], ["GET", `${PATH}/health`], ["POST", `${PATH}/health`], ["POST", PATH]] as const)("%s %s is answered 200 without a signature", async (method, path) => {
    expect(await server.send({ method, path, headers: {} })).toMatchObject({ status: 200 });
    expect(events()).toEqual([]);
  });
});

test("repeated deliveries are about the same thing; another status is another thing", async () => {
  const keyOf = async (more: Record<string, unknown>): Promise<unknown> => {
    const body = json({ ...notification({ data: { ...data, ...more } }), transactionTraceId: randomUUID(), retryNumber: 2 });
    await deliver(body, signatureOf(body));
    return events().at(-1)?.["businessKey"];
  };
  expect(await keyOf({})).toBe(await keyOf({}));
  expect(await keyOf({})).not.toBe(await keyOf({ status: "TRANSMITTED" }));
});

test("an event about nothing that has an id is known by its content", async () => {
  const body = json({ eventType: "cns.outage.notify.freeform", payload: { data: { text: "down" } } });
  await deliver(body, signatureOf(body));
  await deliver(body, signatureOf(body, { at: Date.now() + 5 }));
  expect(new Set(events().map((event) => event["businessKey"])).size).toBe(1);
});

test("what is signed and no notification is refused", async () => {
  for (const body of ["[]", "no json", "{}"]) expect(await deliver(body, signatureOf(body))).toMatchObject({ status: 400, json: { code: "invalid_request" } });
});
