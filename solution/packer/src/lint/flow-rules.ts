// Cloud flows and custom connectors, which only the samples have: files are there and read by somebody, connections are declared,
// environment variables exist, and a flow is shipped switched off.
import { childAt, descendants, textOf } from "../xml-elements.ts";
import { readDocument } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";
import { has, readText } from "../source-tree.ts";
import { type Finding, findings } from "./finding.ts";

interface FlowDefinition { properties?: { connectionReferences?: Record<string, { connection?: { connectionReferenceLogicalName?: string } }>; definition?: { parameters?: Record<string, { metadata?: { schemaName?: string } }> } } }

/** Logical names in the skeleton's connectionreferences. */
function declaredConnections({ tree }: SolutionModel): ReadonlySet<string> {
  return new Set(descendants(readDocument(tree, "Other/Customizations.xml").root, "connectionreference").map((one) => one.attributes.get("connectionreferencelogicalname") ?? ""));
}

function definitionOf(text: string): FlowDefinition | undefined {
  try { return JSON.parse(text) as FlowDefinition; } catch { return undefined; }
}

export function flowsAreComplete(solution: SolutionModel): Finding[] {
  const say = findings("flows-are-complete");
  const declared = declaredConnections(solution);
  const variables = new Set(solution.environmentVariables.map(({ root }) => root.attributes.get("schemaname") ?? ""));
  return solution.flows.flatMap(({ path, text, root }) => {
    const value = (name: string) => textOf(text, childAt(root, name));
    const file = value("JsonFileName").replace(/^\//, "");
    if (!has(solution.tree, file)) return [say(path, `${file} is missing. Put the flow's definition there, or correct <JsonFileName>.`)];
    const flow = definitionOf(readText(solution.tree, file));
    if (flow === undefined) return [say(file, "It is no JSON. Export the flow again.")];
    const connections = Object.values(flow.properties?.connectionReferences ?? {}).map((one) => one.connection?.connectionReferenceLogicalName ?? "");
    const parameters = Object.values(flow.properties?.definition?.parameters ?? {}).map((one) => one.metadata?.schemaName).filter((name) => name !== undefined);
    return [
      ...connections.filter((name) => !declared.has(name)).map((name) => say(file, `It uses the connection reference ${name}, which is not declared. Add it to connectionreferences in Other/Customizations.xml.`)),
      ...parameters.filter((name) => !variables.has(name)).map((name) => say(file, `It reads the environment variable ${name}, which is not shipped. Add its definition or remove the parameter.`)),
      ...(value("StateCode") === "0" ? [] : [say(path, "The flow is shipped switched on, though nobody has made its connections yet. Write <StateCode>0</StateCode> and <StatusCode>1</StatusCode>.")]),
    ];
  });
}

const CONNECTOR_FILES = ["openapidefinition", "connectionparameters", "policytemplateinstances", "iconblob"];

/** The zip's folder is Connector, the source's is Connectors: the names in the file are those of the zip. */
export function connectorsAreComplete(solution: SolutionModel): Finding[] {
  const say = findings("connectors-are-complete");
  return solution.connectors.flatMap(({ path, text, root }) => CONNECTOR_FILES.flatMap((name) => {
    const target = textOf(text, childAt(root, name));
    if (target === "") return name === "openapidefinition" ? [say(path, "It has no <openapidefinition>. Name the connector's OpenAPI file.")] : [];
    const source = target.replace(/^\/Connector\//, "Connectors/");
    return target.startsWith("/Connector/") && has(solution.tree, source) ? [] : [say(path, `<${name}> is ${target}. Write /Connector/… and put the file below Connectors.`)];
  }));
}
