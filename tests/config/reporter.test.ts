// Card numbers and secrets reach no log line and no metric, through whatever member or message somebody lets them in.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Registry } from "prom-client";
import { createLogger, createReporter } from "../../plugin-proxy/src/observability/reporter.ts";
import type { Report } from "../../plugin-proxy/src/ports/reporter.ts";

const PANS = ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "4222222222222"];
const MEMBERS: readonly (keyof Report)[] = ["organizationId", "paymentRequestId", "effectId", "kind", "state", "event", "reason", "merchantReference"];
const FORMS: readonly ((pan: string) => string)[] = [
  (pan) => pan, (pan) => pan.replace(/(.{4})(?=.)/g, "$1 "), (pan) => pan.replace(/(.{4})(?=.)/g, "$1-"), (pan) => `card ${pan} declined`, (pan) => `PAN${pan}x`, (pan) => pan.replace(/(.{4})(?=.)/g, "$1."),
];

function makeReporter() {
  const lines: string[] = [];
  const registry = new Registry();
  const logger = createLogger("debug", { write: (line: string) => { lines.push(line); } });
  return { logger, reporter: createReporter(logger, registry), registry, written: async () => `${lines.join("")}\n${await registry.metrics()}`, lines };
}
/** Without what separates: a number that was cut in groups is found too. */
const digitsOf = (text: string): string => text.replace(/[\s\-._]/g, "");

describe("a card number is never written", () => {
  test.each(MEMBERS)("in %s of an info or an alarm", async (member) => {
    const { reporter, written } = makeReporter();
    for (const pan of PANS) for (const form of FORMS) {
      reporter.info("effect", { [member]: form(pan) });
      reporter.alarm("found_live", { [member]: form(pan) });
    }
    const text = digitsOf(await written());
    expect(PANS.filter((pan) => text.includes(pan))).toEqual([]);
  });

  test("in the name of a line, of an alarm, or in a label", async () => {
    const { reporter, written } = makeReporter();
    for (const pan of PANS) for (const form of FORMS) {
      reporter.info(form(pan), {});
      reporter.alarm(form(pan), {});
      reporter.count("refusals", { reason: form(pan) });
      reporter.count("answers", { kind: form(pan), answer: form(pan) });
    }
    const text = digitsOf(await written());
    expect(PANS.filter((pan) => text.includes(pan))).toEqual([]);
  });

  test("in a line that another part writes with the same logger", async () => {
    const { logger, written } = makeReporter();
    for (const pan of PANS) {
      logger.error({ route: `/x/${pan}`, error: pan, stack: `at ${pan}`, inner: { deep: [pan] } }, `failed with ${pan}`);
      logger.warn({ cause: `timeout for ${pan}` }, "dataverse");
      logger.error(new Error(`bad ${pan}`));
    }
    const text = digitsOf(await written());
    expect(PANS.filter((pan) => text.includes(pan))).toEqual([]);
  });
});

describe("a line holds what it should", () => {
  test("it stays JSON when a long number was struck out", () => {
    const { logger, lines } = makeReporter();
    logger.info({ at: 1_763_978_400_000, card: 4_111_111_111_111_111, list: [4_111_111_111_111_111], text: "4111111111111111" }, "x");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ at: 0, card: 0, list: [0], text: "[digits]", msg: "x" });
  });

  test("ids, state and reason as they are, one JSON object a line", () => {
    const { reporter, lines } = makeReporter();
    const report = { organizationId: "00000000-0000-4000-8000-0000000000aa", paymentRequestId: "12345678-1234-4123-8123-123456789012", kind: "sale", state: "approved", reason: "INSUFFICIENT_FUND", attempt: 2, merchantReference: "ABC23456789ABCDE-A1", durationMs: 312 };
    reporter.info("effect", report);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ ...report, msg: "effect", level: 30, name: "relay" });
  });

  test("nothing that is not on the list", () => {
    fc.assert(fc.property(fc.string({ minLength: 8, maxLength: 30 }), (secret) => {
      const { reporter, lines } = makeReporter();
      const smuggled = { state: "sent", jwt: `eyJ${secret}`, body: { card: secret }, transientToken: secret } as unknown as Report;
      reporter.info("effect", smuggled);
      expect(Object.keys(JSON.parse(lines[0] ?? "") as object).sort()).toEqual(["level", "msg", "name", "state", "time"]);
    }));
  });

  test("secrets of known names are struck out wherever the logger is used", () => {
    const { logger, lines } = makeReporter();
    logger.info({ call: { authorization: "Bearer s3cret", transientToken: "s3cret", jwt: "s3cret", sharedSecret: "s3cret", nonce: "s3cret", captureContext: "s3cret" }, authorization: "s3cret", req: { headers: { cookie: "s3cret" } } }, "x");
    expect(lines.join("")).not.toContain("s3cret");
  });
});

test("counters and alarms are counted", async () => {
  const { reporter, registry } = makeReporter();
  reporter.count("effects", { kind: "sale", state: "approved" });
  reporter.alarm("found_live", {});
  const metrics = await registry.metrics();
  expect(metrics).toContain('cybs_effects_total{kind="sale",state="approved"} 1');
  expect(metrics).toContain('cybs_alarms_total{name="found_live"} 1');
});
