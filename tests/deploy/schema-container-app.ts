// What Azure Resource Manager takes as a container app (API version 2024-03-01), for the members that deploy/azure uses: written from
// learn.microsoft.com/azure/templates/microsoft.app/containerapps. Strict, so that a misspelt member is found here and not at the first outage.
const text = { type: "string", minLength: 1 } as const;
const closed = (properties: Record<string, unknown>, required: readonly string[] = []) => ({ type: "object", additionalProperties: false, properties, required });
const list = (items: unknown, more: Record<string, unknown> = {}) => ({ type: "array", items, ...more });

const probe = closed({
  type: { enum: ["Liveness", "Readiness", "Startup"] }, httpGet: closed({ path: text, port: { type: "integer", minimum: 1, maximum: 65_535 }, scheme: { enum: ["HTTP", "HTTPS"] } }, ["port"]),
  initialDelaySeconds: { type: "integer", minimum: 1, maximum: 60 }, periodSeconds: { type: "integer", minimum: 1, maximum: 240 }, timeoutSeconds: { type: "integer", minimum: 1, maximum: 240 },
  failureThreshold: { type: "integer", minimum: 1, maximum: 30 }, successThreshold: { type: "integer", minimum: 1, maximum: 10 },
}, ["type", "httpGet"]);

const container = closed({
  name: text, image: text, command: list(text), args: list(text), probes: list(probe),
  env: list({ ...closed({ name: { type: "string", pattern: "^[A-Z][A-Z0-9_]*$" }, value: { type: "string" }, secretRef: text }, ["name"]), oneOf: [{ required: ["value"] }, { required: ["secretRef"] }] }),
  // Consumption: memory in GiB is twice the number of cores.
  resources: closed({ cpu: { enum: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] }, memory: { enum: ["0.5Gi", "1Gi", "1.5Gi", "2Gi", "2.5Gi", "3Gi", "3.5Gi", "4Gi"] } }, ["cpu", "memory"]),
  volumeMounts: list(closed({ volumeName: text, mountPath: { type: "string", pattern: "^/" }, subPath: text }, ["volumeName", "mountPath"])),
}, ["name", "image", "resources"]);

const secretName = { type: "string", pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" };

export const containerAppSchema = closed({
  type: { const: "Microsoft.App/containerApps" }, apiVersion: { const: "2024-03-01" }, name: { type: "string", pattern: "^[a-z](?!.*--)[a-z0-9-]{0,30}[a-z0-9]$" }, location: text, tags: { type: "object" },
  identity: closed({ type: { enum: ["SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned", "None"] }, userAssignedIdentities: { type: "object" } }, ["type"]),
  properties: closed({
    environmentId: text, workloadProfileName: text,
    configuration: closed({
      activeRevisionsMode: { enum: ["Single", "Multiple"] },
      ingress: closed({ external: { type: "boolean" }, allowInsecure: { type: "boolean" }, targetPort: { type: "integer" }, transport: { enum: ["auto", "http", "http2", "tcp"] } }),
      secrets: list({ ...closed({ name: secretName, value: text, keyVaultUrl: { type: "string", pattern: "^https://" }, identity: text }, ["name"]), oneOf: [{ required: ["value"] }, { required: ["keyVaultUrl", "identity"] }] }),
      registries: list(closed({ server: text, identity: text, username: text, passwordSecretRef: secretName }, ["server"])),
    }),
    template: closed({
      terminationGracePeriodSeconds: { type: "integer", minimum: 0, maximum: 600 }, revisionSuffix: text, containers: list(container, { minItems: 1 }),
      volumes: list(closed({ name: text, storageType: { enum: ["AzureFile", "EmptyDir", "Secret", "NfsAzureFile"] }, storageName: text, secrets: list(closed({ secretRef: secretName, path: text }, ["secretRef"])) }, ["name", "storageType"])),
      scale: closed({ minReplicas: { type: "integer", minimum: 0, maximum: 1_000 }, maxReplicas: { type: "integer", minimum: 1, maximum: 1_000 }, rules: list({ type: "object" }) }),
    }, ["containers"]),
  }, ["environmentId", "configuration", "template"]),
}, ["type", "apiVersion", "name", "location", "properties"]);
