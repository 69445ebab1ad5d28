// Three projects: Node code, controls in jsdom, and flows over real processes (which npm test runs apart from the others: they wait for real time). Sources run as ES modules, straight from TypeScript.
import { dirname } from "node:path";
const root = dirname(import.meta.dirname);
const swc = (tsx) => ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript", tsx }, transform: { react: { runtime: "classic" } } }, module: { type: "es6" }, sourceMaps: "inline" }];
const shared = {
  rootDir: root,
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  transform: { "^.+\\.tsx$": swc(true), "^.+\\.ts$": swc(false) },
  modulePathIgnorePatterns: ["/dist/", "/out/"],
};
const node = { ...shared, testEnvironment: "node", testEnvironmentOptions: { customExportConditions: ["source", "node", "node-addons"] } };
export default {
  workerThreads: false,
  maxWorkers: 2,
  testTimeout: 30_000,
  projects: [
    { ...node, displayName: "node", testMatch: ["<rootDir>/tests/**/*.test.ts"], testPathIgnorePatterns: ["<rootDir>/tests/flows/"] },
    { ...node, displayName: "flows", testMatch: ["<rootDir>/tests/flows/**/*.test.ts"], setupFilesAfterEnv: ["<rootDir>/tests/flows/setup-retry.ts"] },
    { ...shared, displayName: "browser", testEnvironment: "jsdom", testMatch: ["<rootDir>/tests/**/*.test.tsx"], testEnvironmentOptions: { customExportConditions: ["source", "browser"], url: "http://localhost:7070/" } },
  ],
};
