// The card-entry page and the two files it loads, with the headers that keep it narrow: no script but ours and Flex, framed only by the
// organization's own origins, no cookie, no storage of ours (PCI DSS 6.4.3 and 11.6.1; content security policy level 3).
import type { FastifyInstance } from "fastify";
import type { ServerOptions } from "./options.ts";
import type { CardEntryPage } from "./page-file.ts";
import { sendProblem } from "./problem.ts";

const YEAR_SECONDS = 31_536_000;
const PERMISSIONS = ["accelerometer", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope", "microphone", "midi", "payment", "usb"].map((name) => `${name}=()`).join(", ");

export function registerCardEntryPage(server: FastifyInstance, options: ServerOptions): void {
  const { page } = options;
  const urls = assetUrls(page);
  server.get<{ Params: { organizationId: string } }>("/card-entry/:organizationId", async (request, reply) => {
    const framers = options.embeddingOrigins(request.params.organizationId.toLowerCase());
    if (framers === undefined) return sendProblem(reply, "unknown_organization");
    return reply.type("text/html; charset=utf-8").headers({
      "content-security-policy": policyOf(options, framers, urls), "permissions-policy": PERMISSIONS, "cross-origin-opener-policy": "same-origin",
    }).send(page.html);
  });
  const asset = (url: string, type: string, text: string): void => {
    server.get(url, async (_request, reply) => reply.type(type).headers({
      "cache-control": url.includes(page.version) ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache", "cross-origin-resource-policy": "same-origin",
    }).send(text));
  };
  asset(urls.script, "text/javascript; charset=utf-8", page.script);
  asset(urls.style, "text/css; charset=utf-8", page.style);
}

interface AssetUrls {
  readonly script: string;
  readonly style: string;
}

/** Where the page itself says that its script and style are; resolved as a browser would. */
function assetUrls(page: CardEntryPage): AssetUrls {
  const resolve = (pattern: RegExp, kind: string): string => {
    const found = pattern.exec(page.html)?.[1];
    if (found === undefined) throw new Error(`the card-entry page names no ${kind}`);
    return new URL(found, "https://relay.invalid/card-entry/organization").pathname;
  };
  return { script: resolve(/<script[^>]*\ssrc="([^"]+)"/, "script"), style: resolve(/<link[^>]*\shref="([^"]+\.css[^"]*)"/, "style") };
}

function policyOf(options: ServerOptions, framers: readonly string[], urls: AssetUrls): string {
  const flex = options.flexOrigins.join(" ");
  const own = (path: string): string => `${options.publicOrigin}${path}`;
  return [
    "default-src 'none'", `script-src ${own(urls.script)} ${flex}`, `style-src ${own(urls.style)}`, `frame-src ${flex}`, "connect-src 'self'",
    `frame-ancestors ${framers.length === 0 ? "'none'" : framers.join(" ")}`, "base-uri 'none'", "form-action 'none'",
  ].join("; ");
}
