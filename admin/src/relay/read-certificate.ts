// The certificate that the relay shows, looked at as a client would: trusted or not, and until when.
import { connect } from "node:tls";
import { rootCertificates } from "node:tls";

export interface SeenCertificate { readonly isHttps: boolean; readonly validToMs: number | undefined; readonly problem: string | undefined }
const MS_MAX = 3_000;

export async function readCertificate(url: string, ca: string | undefined): Promise<SeenCertificate> {
  const target = new URL(url);
  if (target.protocol !== "https:") return { isHttps: false, validToMs: undefined, problem: undefined };
  return new Promise((resolve) => {
    const socket = connect({ host: target.hostname, port: Number(target.port === "" ? 443 : target.port), servername: target.hostname, rejectUnauthorized: false, timeout: MS_MAX, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) });
    const end = (seen: SeenCertificate): void => { socket.destroy(); resolve(seen); };
    socket.once("secureConnect", () => {
      const validToMs = Date.parse(socket.getPeerCertificate().valid_to);
      end({ isHttps: true, validToMs: Number.isNaN(validToMs) ? undefined : validToMs, problem: socket.authorized ? undefined : String(socket.authorizationError) });
    });
    socket.once("timeout", () => { end({ isHttps: true, validToMs: undefined, problem: "no answer in time" }); });
    socket.once("error", (error: Error & { code?: string }) => { end({ isHttps: true, validToMs: undefined, problem: error.code ?? error.name }); });
  });
}
