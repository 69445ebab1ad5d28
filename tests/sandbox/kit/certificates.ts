// A certificate authority of the sandbox's own and one certificate for localhost, kept in the data folder so that a restart keeps them.
import "reflect-metadata";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

export interface Certificates {
  /** What a client has to trust (NODE_EXTRA_CA_CERTS). */
  readonly caFile: string;
  readonly cert: string;
  readonly key: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

/** Issues (or reads again) authority and certificate for localhost, 127.0.0.1 and ::1. */
export async function issueCertificates(dir: string): Promise<Certificates> {
  const files = { caFile: join(dir, "ca.pem"), cert: join(dir, "localhost.pem"), key: join(dir, "localhost-key.pem") };
  if (!existsSync(files.key)) await issue(files);
  return { caFile: files.caFile, cert: readFileSync(files.cert, "utf8"), key: readFileSync(files.key, "utf8") };
}

async function issue(files: { caFile: string; cert: string; key: string }): Promise<void> {
  x509.cryptoProvider.set(crypto);
  const keys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const [ca, leaf] = await Promise.all([keys(), keys()]);
  const period = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 365 * DAY_MS) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...period, serialNumber: randomBytes(8).toString("hex"), name: `CN=Sandbox CA ${randomBytes(3).toString("hex")}`, signingAlgorithm: ALGORITHM, keys: ca,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true)],
  });
  const names = [{ type: "dns", value: "localhost" }, { type: "ip", value: "127.0.0.1" }, { type: "ip", value: "::1" }] as const;
  const certificate = await x509.X509CertificateGenerator.create({
    ...period, serialNumber: `01${randomBytes(7).toString("hex")}`, subject: "CN=localhost", issuer: authority.subject,
    signingKey: ca.privateKey, publicKey: leaf.publicKey, signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension([...names]), new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth])],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", leaf.privateKey), "PRIVATE KEY");
  writeFileSync(files.caFile, authority.toString("pem"));
  writeFileSync(files.cert, certificate.toString("pem"));
  writeFileSync(files.key, key, { mode: 0o600 });
}
