// Writes the OpenAPI 2.0 file of the sample connector from the relay's contract, or with --check only says whether they agree.
// The connector reads: everything that moves money is a row in Dataverse. Custom connectors take OpenAPI 2.0 only:
// learn.microsoft.com/connectors/custom-connectors/define-openapi-definition
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Health, Problem, Readiness } from "@cybs/contract";
import * as z from "zod/mini";

const file = join(import.meta.dirname, "Connectors", "cybs_cybersource-20relay_openapidefinition.json");
type Json = Record<string, unknown>;

/** What JSON Schema says and OpenAPI 2.0 does not know is left out; a constant becomes a choice of one. */
function inOpenApi2(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOpenApi2);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== "$schema" && name !== "additionalProperties");
  return Object.fromEntries(entries.map(([name, inner]) => (name === "const" ? ["enum", [inner]] : [name, inOpenApi2(inner)])));
}

const definitionOf = (schema: z.ZodMiniType): Json => inOpenApi2(z.toJSONSchema(schema, { target: "draft-4", io: "output" })) as Json;

const answer = (description: string, name: string) => ({ description, schema: { $ref: `#/definitions/${name}` } });
const reading = (options: { id: string; summary: string; description: string; answers: Json }) => ({
  get: { operationId: options.id, summary: options.summary, description: options.description, produces: ["application/json"], responses: options.answers },
});

export function connectorDefinition(): Json {
  return {
    swagger: "2.0",
    info: { title: "Cybersource relay", description: "Reads from the Cybersource relay. Money is moved by adding a request row in Dataverse.", version: "1.0" },
    // Whoever makes the connector replaces the host by that of his own relay.
    host: "payments.example.com", basePath: "/", schemes: ["https"], consumes: [], produces: ["application/json"],
    paths: {
      "/health": reading({ id: "GetHealth", summary: "Is the relay alive?", description: "Answers as long as the process runs.", answers: { 200: answer("The process runs.", "Health") } }),
      "/ready": reading({ id: "GetReadiness", summary: "Is the relay ready?", description: "Answers whether requests are carried out now.", answers: { 200: answer("Requests are carried out.", "Readiness"), 503: answer("Something is missing; the problem says what.", "Problem") } }),
    },
    definitions: { Health: definitionOf(Health), Readiness: definitionOf(Readiness), Problem: definitionOf(Problem) },
    parameters: {}, responses: {}, securityDefinitions: {}, security: [], tags: [],
  };
}

if (process.argv[1] === import.meta.filename) {
  const wanted = `${JSON.stringify(connectorDefinition(), undefined, 2)}\n`;
  if (process.argv.includes("--check")) process.exitCode = readFileSync(file, "utf8") === wanted ? 0 : 1;
  else writeFileSync(file, wanted);
}
