// A sign-in that Azure CLI or Power Platform CLI has on this machine. Not every version of pac can give a token, and some give one for
// another resource: the token's audience is looked at before it is used.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readJson } from "../network.ts";
import { Stop } from "../stop.ts";

const run = promisify(execFile);
const TOOL_MS_MAX = 60_000;

/** `resource`: https://contoso.crm.dynamics.com. Stops when the tool is missing, not signed in, or signed in for something else. */
export async function tokenOfTool(tool: "az" | "pac", resource: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const args = tool === "az" ? ["account", "get-access-token", "--resource", resource, "--output", "json"] : ["auth", "token", "--environment", resource];
  let out: string;
  try {
    // Both are scripts (.cmd) on Windows, which need a shell; the arguments hold no user text but an https origin.
    out = (await run(tool, args, { timeout: TOOL_MS_MAX, windowsHide: true, env: { ...env }, shell: process.platform === "win32" })).stdout;
  } catch (error) {
    throw new Stop("sign_in_unavailable", { way: tool }, stderrOf(error)?.trim().split("\n")[0]?.slice(0, 200));
  }
  const token = tool === "az" ? textAt(readJson(out), "accessToken") : /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(out)?.[0];
  if (token === undefined) throw new Stop("sign_in_unavailable", { way: tool }, "It gave no token.");
  const audience = audienceOf(token);
  if (audience !== undefined && audience.replace(/\/$/, "") !== resource.replace(/\/$/, "")) throw new Stop("sign_in_unavailable", { way: tool }, `Its token is for ${audience}. Use az or the browser instead.`);
  return token;
}

const stderrOf = (error: unknown): string | undefined => (typeof error === "object" && error !== null && "stderr" in error && typeof error.stderr === "string" && error.stderr !== "" ? error.stderr : undefined);

const textAt = (value: unknown, name: string): string | undefined => {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === "string" && found !== "" ? found : undefined;
};

/** Read without verification: only to tell a person that it is the wrong one. */
const audienceOf = (token: string): string | undefined => textAt(readJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")), "aud");
