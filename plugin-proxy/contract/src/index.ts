// The words that browser and relay share. A leaf: it depends on nothing of ours.
export * from "./consent-texts.ts";
export * from "./endpoints.ts";
export * from "./messages.ts";
