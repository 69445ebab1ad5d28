// Reads take hands like money calls: an account of which much is unknown, and that does not answer, leaves the others theirs.
import { expect, test } from "@jest/globals";
import { asOrganizationId } from "../../plugin-proxy/src/domain/ids.ts";
import { createHands, withHands } from "../../plugin-proxy/src/jobs/hands.ts";
import type { Gateway, LookAnswer, MerchantBinding } from "../../plugin-proxy/src/ports/gateway.ts";
import { T0 } from "../support/intents.ts";

const account = (merchantId: string): MerchantBinding => ({ organizationId: asOrganizationId("0a000000-0000-4000-8000-000000000001"), merchantId, environment: "test" });
const [contoso, fabrikam] = [account("contoso"), account("fabrikam")];

function silentGateway() {
  const waiting: ((answer: LookAnswer) => void)[] = [];
  const look: Gateway["look"] = () => new Promise((resolve) => { waiting.push(resolve); });
  const never = async (): Promise<never> => { throw new Error("not asked"); };
  const gateway: Gateway = { look, readReport: never, readCard: never, forgetCard: never, sign: never, mintCaptureContext: never, verifyTransientToken: () => ({ problem: "not_a_token" }) };
  return { gateway, waiting };
}
const lookAt = (gateway: Gateway, binding: MerchantBinding) => gateway.look({ binding, merchantReferences: [], around: T0, requestIds: [] });

test("looks beyond an account's share come back later, money calls of the account count with them, and another account's go on", async () => {
  const { gateway, waiting } = silentGateway();
  const hands = createHands(3);
  const limited = withHands(gateway, hands);
  expect(hands.take(contoso)).toBe(true);
  const looks = [lookAt(limited, contoso), lookAt(limited, contoso)];
  expect(await lookAt(limited, contoso)).toMatchObject({ kind: "unavailable" });
  expect(hands.take(contoso)).toBe(false);
  expect(hands.take(fabrikam)).toBe(true);
  for (const answer of waiting) answer({ kind: "looked", found: [], isComplete: true });
  for (const look of looks) expect(await look).toMatchObject({ kind: "looked" });
  expect(hands.take(contoso)).toBe(true);
});

test("a read that throws gives its hand back", async () => {
  const hands = createHands(1);
  const limited = withHands(silentGateway().gateway, hands);
  for (let count = 0; count < 2; count++) await expect(limited.readReport({ binding: contoso, day: { from: T0, to: T0 } })).rejects.toThrow("not asked");
  expect(hands.take(contoso)).toBe(true);
});
