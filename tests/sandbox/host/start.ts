// The form host: shows what a model-driven app shows of any imported solution. Knows tables and forms only through Dataverse's Web API and the
// files of imported solutions; signs in as each of the sandbox users; sets the content security policy that an environment may have.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { answerControl, json } from "../kit/control.ts";
import { createClock } from "../kit/clock.ts";
import { createFaults, type Call, type Reply } from "../kit/faults.ts";
import { serve } from "../kit/serve.ts";
import { createDefinitions, type Definitions } from "./definitions.ts";
import { appPage, foreignPage, signInPage, type HostUser } from "./pages.ts";

export interface HostOptions { readonly port: number; readonly dataverse: { readonly httpUrl: string }; readonly users: readonly HostUser[] }
export interface HostSandbox { readonly url: string; close(): Promise<void> }

/** Strict mode as the admin centre sets it, with what an administrator added per directive. */
interface Policy { isStrict: boolean; frameSources: string[] }

const modules = join(import.meta.dirname, "../../../node_modules");
const LIBRARIES: Readonly<Record<string, string>> = { "react.js": "react/umd/react.production.min.js", "react-dom.js": "react-dom/umd/react-dom.production.min.js", "fluent.js": "@fluentui/react/dist/fluentui-react.umd.js" };
const TYPES: Readonly<Record<string, string>> = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml", html: "text/html; charset=utf-8", resx: "application/xml", xml: "application/xml" };

const typeOf = (path: string): string => TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
const file = (body: string | Buffer, type: string): Reply => ({ status: 200, headers: { "content-type": type, "cache-control": "no-cache" }, body });
const redirect = (to: string, cookie?: string): Reply => ({ status: 302, headers: { location: to, ...(cookie === undefined ? {} : { "set-cookie": cookie }) } });

async function bundleClient(): Promise<{ readonly script: string; readonly style: string }> {
  const bundled = await build({ entryPoints: [join(import.meta.dirname, "client/main.ts")], bundle: true, write: false, format: "iife", target: "es2022" });
  return { script: bundled.outputFiles[0]?.text ?? "", style: readFileSync(join(import.meta.dirname, "client/host.css"), "utf8") };
}

export async function startHost(options: HostOptions): Promise<HostSandbox> {
  const client = await bundleClient();
  const definitions = createDefinitions(options.dataverse.httpUrl);
  const policy: Policy = { isStrict: false, frameSources: [] };
  const faults = createFaults();
  const control = {
    clock: createClock(), faults, reset: () => { policy.isStrict = false; policy.frameSources = []; faults.clear(); definitions.forget(); },
    more: { "POST csp": (call: Call) => { Object.assign(policy, JSON.parse(call.body.toString("utf8"))); return json(200, policy); } },
  };
  const answer = async (call: Call): Promise<Reply> => await answerControl(control, call) ?? answerHost({ options, client, definitions, policy }, call);
  const served = await serve({ port: options.port, handler: faults.wrap(answer) });
  return { url: served.url, close: () => served.close() };
}

interface Parts { readonly options: HostOptions; readonly client: { readonly script: string; readonly style: string }; readonly definitions: Definitions; readonly policy: Policy }

const userOf = (parts: Parts, call: Call): HostUser | undefined => {
  const key = /(?:^|;\s*)sandbox-user=(\w+)/.exec(call.headers.cookie ?? "")?.[1];
  return parts.options.users.find((user) => user.key === key);
};

async function answerHost(parts: Parts, call: Call): Promise<Reply> {
  const url = new URL(call.url, "http://localhost");
  const as = url.searchParams.get("as");
  if (as !== null && parts.options.users.some((user) => user.key === as)) {
    url.searchParams.delete("as");
    return redirect(`${url.pathname}${url.search}`, `sandbox-user=${as}; Path=/; HttpOnly; SameSite=Lax`);
  }
  if (url.pathname === "/client.js") return file(parts.client.script, TYPES["js"] ?? "");
  if (url.pathname === "/client.css") return file(parts.client.style, TYPES["css"] ?? "");
  if (url.pathname === "/foreign.html") return file(foreignPage(url.searchParams.get("url") ?? "/"), TYPES["html"] ?? "");
  // Without this Fluent fetches fonts and icons from Microsoft's content delivery network.
  if (url.pathname === "/libraries/fabric.js") return file("window.FabricConfig={fontBaseUrl:'',iconBaseUrl:''};", TYPES["js"] ?? "");
  const library = LIBRARIES[url.pathname.replace("/libraries/", "")];
  if (library !== undefined) return file(readFileSync(join(modules, library)), TYPES["js"] ?? "");
  const user = userOf(parts, call);
  if (user === undefined) return file(signInPage(parts.options.users, call.url), TYPES["html"] ?? "");
  return answerSignedIn(parts, user, call, url);
}

async function answerSignedIn(parts: Parts, user: HostUser, call: Call, url: URL): Promise<Reply> {
  const { pathname } = url;
  if (pathname === "/" || pathname === "/main.aspx") return { ...file(appPage(user.fullname), TYPES["html"] ?? ""), headers: { "content-type": TYPES["html"] ?? "", ...policyHeader(parts.policy) } };
  if (pathname === "/sign-out") return redirect("/", "sandbox-user=; Path=/; Max-Age=0");
  if (pathname.startsWith("/api/data/")) return proxy(parts, user, call);
  if (pathname === "/host/definition") return json(200, await parts.definitions.of(url.searchParams.get("etn") ?? ""));
  if (pathname === "/host/apps") return json(200, await parts.definitions.apps());
  if (pathname === "/host/privileges") return proxyTo(parts, `/_sandbox/privileges?user=${encodeURIComponent(url.searchParams.get("user") ?? "")}`, user);
  if (pathname.startsWith("/WebResources/")) return fromSolution(parts, await parts.definitions.webResourceFile(decodeURIComponent(pathname.slice("/WebResources/".length))), pathname);
  if (pathname.startsWith("/Controls/")) return fromSolution(parts, decodeURIComponent(pathname.slice(1)), pathname);
  return json(404, { message: "not found" });
}

const policyHeader = (policy: Policy): Record<string, string> => (policy.isStrict
  ? { "content-security-policy": `script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-src 'self' ${policy.frameSources.join(" ")}; img-src 'self' data:; font-src 'self' data:; base-uri 'none'` }
  : { "content-security-policy": "script-src * 'unsafe-inline' 'unsafe-eval'; style-src * 'unsafe-inline'; font-src * data:" });

async function fromSolution(parts: Parts, path: string | undefined, shownAs: string): Promise<Reply> {
  const bytes = path === undefined ? undefined : await parts.definitions.file(path);
  return bytes === undefined ? json(404, { message: "not found" }) : file(bytes, typeOf(path?.includes("WebResources") === true ? shownAs : path ?? ""));
}

async function proxyTo(parts: Parts, path: string, user: HostUser): Promise<Reply> {
  const response = await fetch(`${parts.options.dataverse.httpUrl}${path}`, { headers: { authorization: `Bearer ${user.token}` } });
  return { status: response.status, headers: { "content-type": response.headers.get("content-type") ?? "application/json" }, body: Buffer.from(await response.arrayBuffer()) };
}

const HOP = new Set(["host", "connection", "content-length", "cookie", "authorization", "transfer-encoding", "keep-alive"]);

/** The browser's session becomes the user's own bearer token: what he may not do, Dataverse refuses. */
async function proxy(parts: Parts, user: HostUser, call: Call): Promise<Reply> {
  const headers = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !HOP.has(name)).map(([name, value]) => [name, String(value)]));
  const response = await fetch(`${parts.options.dataverse.httpUrl}${call.url}`, {
    method: call.method, redirect: "manual", headers: { ...headers, authorization: `Bearer ${user.token}` }, ...(call.body.length === 0 ? {} : { body: new Uint8Array(call.body) }),
  });
  const kept = ["content-type", "odata-entityid", "location", "preference-applied", "etag", "retry-after", "date"].flatMap((name) => { const value = response.headers.get(name); return value === null ? [] : [[name, value] as const]; });
  return { status: response.status, headers: Object.fromEntries(kept), body: Buffer.from(await response.arrayBuffer()) };
}
