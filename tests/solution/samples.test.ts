// The samples beside the product: sound, unmanaged, built on columns that the product has, and kinds that the product does not ship.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { lintSolution, packSamples, readSolution, readText, samplesTree } from "@cybs/packer";
import * as schema from "@cybs/schema";
import { unzipSync } from "fflate";
import { connectorDefinition } from "../../solution/samples/generate-connector.ts";
import { product, root } from "./support/product.ts";

interface Step { inputs: { host: { operationId: string }; parameters: Record<string, unknown> } }
interface Flow { properties: { definition: { triggers: Record<string, Step>; actions: Record<string, Step> } } }

const tree = samplesTree(root);
const flows = tree.paths.filter((path) => /^Workflows\/.*\.json$/.test(path)).map((path) => [path.replace(/^Workflows\/|-.*/g, ""), JSON.parse(readText(tree, path)) as Flow] as const);
const tables = Object.values(schema).filter((one): one is Extract<typeof one, { logicalName: string }> => "logicalName" in one);
const tableNamed = (name: unknown) => tables.find((table) => table.logicalName === name || table.entitySetName === name);

test("pack to one unmanaged zip in which nothing is wrong", () => {
  expect(lintSolution(readSolution(tree))).toEqual([]);
  const { name, zip } = packSamples(root);
  expect(name).toBe("CybersourcePaymentsSamples_1_0_0_0.zip");
  const entries = unzipSync(zip);
  expect(new TextDecoder().decode(entries["solution.xml"])).toContain("<Managed>0</Managed>");
  expect(Object.keys(entries).filter((path) => path.startsWith("Workflows/"))).toHaveLength(2);
  expect(Object.keys(entries)).toContain("Connector/cybs_cybersource-20relay_openapidefinition.json");
});

describe.each(flows)("the flow %s", (_name, { properties: { definition } }) => {
  const [trigger] = Object.values(definition.triggers);
  const [action] = Object.values(definition.actions);

  test("starts when a payment transaction becomes final", () => {
    expect(trigger?.inputs.host.operationId).toBe("SubscribeWebhookTrigger");
    expect(trigger?.inputs.parameters).toMatchObject({ "subscriptionRequest/message": 3, "subscriptionRequest/entityname": "cybs_paymenttransaction", "subscriptionRequest/filteringattributes": "cybs_isfinal" });
    const columns = Object.values(schema.paymentTransactionTable.columns) as string[];
    const named = [...String(trigger?.inputs.parameters["subscriptionRequest/filterexpression"]).matchAll(/cybs_\w+/g)].map(([name]) => name);
    expect(named).toContain("cybs_isfinal");
    for (const name of named) expect(columns).toContain(name);
  });

  test("moves money by adding a request row, with columns and lookups that the table has", () => {
    expect(action?.inputs.host.operationId).toBe("CreateRecord");
    const table = tableNamed(action?.inputs.parameters["entityName"]);
    expect(["cybs_paymentrequest", "cybs_refundrequest"]).toContain(table?.logicalName);
    const items = Object.keys(action?.inputs.parameters ?? {}).filter((name) => name.startsWith("item/")).map((name) => name.slice("item/".length));
    for (const name of items.filter((one) => !one.includes("@"))) expect(Object.values(table?.columns ?? {})).toContain(name);
    for (const name of items.filter((one) => one.includes("@"))) expect(Object.values(table?.navigation ?? {})).toContain(name.replace("@odata.bind", ""));
  });
});

describe("the connector", () => {
  const definition = JSON.parse(readFileSync(join(root, "solution", "samples", "Connectors", "cybs_cybersource-20relay_openapidefinition.json"), "utf8")) as { swagger: string; paths: Record<string, Record<string, unknown>> };
  test("is generated from the relay's contract as it is now", () => { expect(definition).toEqual(JSON.parse(JSON.stringify(connectorDefinition()))); });
  test("only reads", () => {
    expect(definition.swagger).toBe("2.0");
    expect(new Set(Object.values(definition.paths).flatMap((path) => Object.keys(path)))).toEqual(new Set(["get"]));
  });
});

test("the product has no flow, connector, connection reference, endpoint, step or value of an environment variable", () => {
  const tree = product();
  expect(tree.paths.filter((path) => /^(Workflows|Connectors|SdkMessageProcessingSteps|PluginAssemblies)\/|environmentvariablevalues/.test(path))).toEqual([]);
  expect(readText(tree, "Other/Customizations.xml")).not.toContain("connectionreference");
});
