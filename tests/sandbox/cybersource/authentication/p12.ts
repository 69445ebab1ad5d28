// P12 files as the Business Center hands them out: the merchant's key and certificate, and Cybersource's certificate for message-level
// encryption (alias CyberSource_SJC_US). `kid` is the serialNumber attribute of the subject (Cybersource developer guide, JSON Web Token).
import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

export interface MadeP12 {
  readonly file: Buffer;
  /** PEM of the merchant's certificate, and of the certificate and key that messages are encrypted with. */
  readonly certificate: string;
  readonly encryptionCertificate: string;
  readonly encryptionPrivateKey: string;
}

/** Node makes the keys (in milliseconds), forge only packs them. */
function makeKeys(): forge.pki.rsa.KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  return { publicKey: forge.pki.publicKeyFromPem(publicKey), privateKey: forge.pki.privateKeyFromPem(privateKey) };
}

function certify(commonName: string, serialNumber: string): { readonly keys: forge.pki.rsa.KeyPair; readonly certificate: forge.pki.Certificate } {
  const keys = makeKeys();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = "0102";
  certificate.validity.notBefore = new Date(Date.UTC(2026, 0, 1));
  certificate.validity.notAfter = new Date(Date.UTC(2036, 0, 1));
  const subject = [{ name: "commonName", value: commonName }, { type: "2.5.4.5", value: serialNumber }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { keys, certificate };
}

/** Few rounds of the password's hash: these files live for one test. Without `encryptionKeyId` the file holds the merchant's certificate only. */
export function makeP12(input: { readonly merchantId: string; readonly keyId: string; readonly password: string; readonly encryptionKeyId?: string }): MadeP12 {
  const own = certify(input.merchantId, input.keyId);
  const theirs = certify("CyberSource_SJC_US", input.encryptionKeyId ?? "77001");
  const chain = input.encryptionKeyId === undefined ? [own.certificate] : [own.certificate, theirs.certificate];
  const asn1 = forge.pkcs12.toPkcs12Asn1(own.keys.privateKey, chain, input.password, { algorithm: "3des", count: 50, friendlyName: `serialNumber=${input.keyId},CN=${input.merchantId}` });
  return {
    file: Buffer.from(forge.asn1.toDer(asn1).getBytes(), "binary"), certificate: forge.pki.certificateToPem(own.certificate),
    encryptionCertificate: forge.pki.certificateToPem(theirs.certificate), encryptionPrivateKey: forge.pki.privateKeyInfoToPem(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(theirs.keys.privateKey))),
  };
}
