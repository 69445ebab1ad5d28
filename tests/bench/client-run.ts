// One client in a process of its own: warmed up, then measured with eight calls at once and one at a time. All three send the same payment
// over TLS 1.3 on kept-alive connections and read the same answer; ours and the SDK sign it as JWT. Arguments: client, port, ca file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Agent, request } from "undici";
import { createGateway } from "../../plugin-proxy/src/cybersource/create-gateway.ts";
import { asMerchantReference, asOrganizationId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";

/** CPU milliseconds a call. */
export interface ClientMessage { readonly busy: number; readonly alone: number }

const [, , client = "ours", port = "", caFile = ""] = process.argv;
// Until the just-in-time compiler is done with it: the SDK needs more than a thousand calls.
const WARM_UP = 1_500;
const CALLS = 1_000;
const SECRET = Buffer.from("a secret of the benchmark").toString("base64");
type Call = (number: number) => Promise<void>;

function ours(): Call {
  const gateway = createGateway({ credentials: () => ({ merchantId: "bench", scheme: "jwt", keyId: "key", sharedSecret: SECRET }), host: `localhost:${port}`, flexHosts: [], wireClock: Date.now, signatureLifeMs: 120_000, deadlineMs: 30_000, ca: readFileSync(caFile, "utf8") });
  const binding = { organizationId: asOrganizationId("00000000-0000-4000-8000-000000000001"), merchantId: "bench", environment: "test" } as const;
  return async (number) => {
    const signed = await gateway.sign({
      kind: "sale", binding, merchantReference: asMerchantReference(`B${number}`), transactionId: asTransactionId(`T${number}`), amount: { minor: 10_221n, currency: "USD" }, instrument: { kind: "saved_card", paymentInstrumentId: "F67E" },
      channel: "phone", flags: { commerceIndicator: "MOTO" }, saveCard: false, merchantCustomerId: "c", billTo: { firstName: "Ana", lastName: "Lund", line1: "1 Market St", city: "San Francisco", stateOrProvince: "CA", postalCode: "94105", country: "US", email: "a@b.example" }, lines: [], documentNumber: "ORD-1", hasLevelThree: false,
    });
    const answer = await signed.send();
    if (answer.kind !== "approved") throw new Error(`not approved: ${JSON.stringify(answer)}`);
  };
}

/** What our client sends for the call above, member by member. */
const body = (number: number): Record<string, unknown> => ({
  clientReferenceInformation: { code: `B${number}`, transactionId: `T${number}`, comments: "ORD-1", applicationName: "Cybersource Payments for Dynamics 365" },
  processingInformation: { capture: true, commerceIndicator: "MOTO", authorizationOptions: { partialAuthIndicator: false } }, paymentInformation: { paymentInstrument: { id: "F67E" } },
  orderInformation: { amountDetails: { totalAmount: "102.21", currency: "USD" }, billTo: { firstName: "Ana", lastName: "Lund", address1: "1 Market St", locality: "San Francisco", administrativeArea: "CA", postalCode: "94105", country: "US", email: "a@b.example" } },
  buyerInformation: { merchantCustomerID: "c" },
});

interface Sdk { PaymentsApi: new (configuration: unknown, client: unknown) => { createPayment(request: unknown, callback: (error: unknown, data: { status?: string } | undefined) => void): void }; ApiClient: new () => unknown }

/** One API object for all calls (its samples make a new one each time), its log off; it pools connections by itself. */
function sdk(): Call {
  const library = createRequire(import.meta.url)("cybersource-rest-client") as Sdk;
  const configuration = { authenticationType: "jwt", jwtKeyType: "SHARED_SECRET", runEnvironment: `localhost:${port}`, merchantID: "bench", merchantKeyId: "key", merchantsecretKey: SECRET, logConfiguration: { enableLog: false } };
  const api = new library.PaymentsApi(configuration, new library.ApiClient());
  return (number) => new Promise((resolve, reject) => { api.createPayment(body(number), (error, data) => { if (data?.status === "AUTHORIZED") resolve(); else reject(error instanceof Error ? error : new Error("not approved")); }); });
}

function undici(): Call {
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile, "utf8") } });
  return async (number) => {
    const response = await request(`https://localhost:${port}/pts/v2/payments`, { method: "POST", dispatcher, headers: { "content-type": "application/json" }, body: JSON.stringify(body(number)) });
    await response.body.json();
  };
}

let sent = 0;
async function load(call: Call, count: number, atOnce: number): Promise<number> {
  const before = process.cpuUsage();
  let left = count;
  await Promise.all(Array.from({ length: atOnce }, async () => { while (left-- > 0) await call(sent++); }));
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000 / count;
}

const call = { ours, sdk, undici }[client as "ours"]();
await load(call, WARM_UP, 8);
const message: ClientMessage = { busy: await load(call, CALLS, 8), alone: await load(call, CALLS, 1) };
process.send?.(message);
process.on("disconnect", () => { process.exit(0); });
