// Dataverse's `$batch` by hand: fetch, multipart text out, multipart text in.
import { settings } from "./settings.ts";

export interface Change { readonly method: string; readonly path: string; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
export interface Part { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

const API = "/api/data/v9.2/";
let token: { readonly value: string; readonly until: number } | undefined;

async function accessToken(): Promise<string> {
  if (token !== undefined && token.until > Date.now()) return token.value;
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: settings.clientId, client_secret: settings.clientSecret, scope: `${settings.dataverseUrl}/.default` });
  const answer = await (await fetch(settings.tokenUrl, { method: "POST", body: form })).json() as { access_token: string; expires_in: number };
  token = { value: answer.access_token, until: Date.now() + (answer.expires_in - 300) * 1000 };
  return token.value;
}

const http = (head: string, headers: Readonly<Record<string, string>>, body = ""): string =>
  `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n${head} HTTP/1.1\r\nAccept: application/json\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}\r\n`;

export const read = (path: string): string => http(`GET ${API}${encodeURI(path)}`, { Prefer: 'odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"' });
const change = ({ method, path, body, headers }: Change): string => http(`${method} ${API}${path}`, { "Content-Type": "application/json", ...headers }, JSON.stringify(body));
export const single = change;
export const changeSet = (changes: readonly Change[]): string =>
  `Content-Type: multipart/mixed;boundary=set\r\n\r\n${changes.map((one, index) => `--set\r\n${change(one).replace("\r\n\r\n", `\r\nContent-ID: ${index + 1}\r\n\r\n`)}`).join("")}--set--\r\n`;

/** Sends once more after a 429 or 503 with Retry-After; throws on anything else that is no batch. */
export async function sendBatch(sections: readonly string[]): Promise<readonly Part[]> {
  const body = `${sections.map((section) => `--batch\r\n${section}`).join("")}--batch--\r\n`;
  for (let tries = 0; tries < 3; tries++) {
    const answer = await fetch(`${settings.dataverseUrl}${API}$batch`, {
      method: "POST", body, signal: AbortSignal.timeout(20_000),
      headers: { Authorization: `Bearer ${await accessToken()}`, "Content-Type": "multipart/mixed;boundary=batch", Accept: "application/json", "OData-Version": "4.0", "OData-MaxVersion": "4.0" },
    });
    const text = await answer.text();
    if (answer.status === 200 || answer.status === 400) return parse(text);
    if (answer.status !== 429 && answer.status !== 503) throw new Error(`Dataverse answered ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, Number(answer.headers.get("retry-after") ?? 1) * 1000));
  }
  throw new Error("Dataverse is throttled");
}

/** Every HTTP part in the order it came, those of change sets included. */
function parse(text: string): readonly Part[] {
  return text.split("HTTP/1.1 ").slice(1).map((section) => {
    const body = section.slice(section.indexOf("\r\n\r\n") + 4, section.indexOf("\r\n--")).trim();
    return { status: Number(section.slice(0, 3)), body: body === "" ? {} : JSON.parse(body) as Record<string, unknown> };
  });
}
