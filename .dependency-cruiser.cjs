// Who may import whom. The reasons stand in ARCHITECTURE.md; a broken rule prints its comment.
const relay = "^plugin-proxy/src";
const rule = (name, from, to, comment) => ({ name, severity: "error", comment, from, to });
module.exports = {
  forbidden: [
    rule("no-circular", {}, { circular: true }, "A cycle means two files are one file."),
    rule("could-not-resolve", {}, { couldNotResolve: true }, "An import that resolves to nothing."),
    rule("domain-is-pure", { path: `${relay}/domain/` }, { pathNot: `${relay}/domain/` }, "No npm, no node:, no shell."),
    rule("ports-are-types-over-domain", { path: `${relay}/ports/` }, { pathNot: `${relay}/(domain|ports)/` }, "Ports know no adapter."),
    rule("flows-see-core-and-ports-only", { path: `${relay}/flows/` }, { pathNot: `${relay}/(domain|ports|flows)/` }, "A flow never names Fastify, Kysely or Cybersource."),
    rule("adapters-do-not-meet", { path: `${relay}/(cybersource|dataverse|db|http|jobs)/` },
      { path: `${relay}/(cybersource|dataverse|db|http|jobs)/`, pathNot: `${relay}/$1/` }, "Adapters meet only in main.ts."),
    rule("only-main-composes", { path: `${relay}/`, pathNot: `${relay}/main\\.ts$` }, { path: `${relay}/main\\.ts$` }, "Nothing imports the root."),
    rule("contract-is-a-leaf", { path: "^plugin-proxy/contract/" }, { path: "^(plugin-proxy/src|pcf-controls|webresources|solution|tests)/" }, "Wire types depend on nothing of ours."),
    rule("schema-is-a-leaf", { path: "^solution/schema/", pathNot: "generate" }, { pathNot: "^solution/schema/" }, "Names come first."),
    rule("browser-sees-contract-and-schema-only", { path: "^(pcf-controls|webresources|plugin-proxy/card-entry)/src" }, { path: "^(plugin-proxy/src|solution/packer|tests)/" }, "Browser code never bundles server code."),
    rule("product-never-imports-tests", { pathNot: "^tests/" }, { path: "^tests/" }, "Fakes live in tests/."),
    rule("admin-reuses-leaves-only", { path: "^admin/" }, { path: "^(plugin-proxy|pcf-controls|webresources|solution)/", pathNot: "^(plugin-proxy/src/(settings|crypto|cybersource|merchant-keys)|solution/(schema|packer)/)" }, "The command speaks to the relay over HTTP; it shares only how a call to Cybersource is signed and how bindings look."),
    rule("admin-plans-are-pure", { path: "^admin/src/plans/" }, { path: "^(node:(?!crypto)|admin/src/(verbs|dataverse|entra|screen|relay)/)", dependencyTypesNot: ["type-only"] }, "A plan says what to do; a verb does it."),
    rule("nobody-imports-admin", { pathNot: "^(admin|tests)/" }, { path: "^admin/" }, "The command is an end, not a library."),
    rule("stand-ins-know-no-product", { path: "^tests/sandbox/" }, { path: "^(plugin-proxy|pcf-controls|webresources|solution|admin|tests/(?!sandbox/))" }, "A stand-in is written from the vendor's facts, never from our code."),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|out|generated|fixtures)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["source", "import", "require", "node", "default", "types"], extensions: [".ts", ".tsx", ".mjs", ".js", ".json"] },
  },
};
