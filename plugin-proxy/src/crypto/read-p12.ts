// What the Business Center's P12 file holds: the merchant's private key with its certificate, and Cybersource's certificate for
// message-level encryption (alias CyberSource_SJC_US). Sources: Cybersource developer guide, "JSON Web Token authentication" and
// "Message-level encryption": `kid` is the serialNumber attribute of the certificate's subject, not its X.509 serial.
import forge from "node-forge";

export interface P12 {
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly keyId: string;
  /** Cybersource's certificate that requests are encrypted for; undefined when the file holds none. */
  readonly encryption?: { readonly keyId: string; readonly certificate: string } | undefined;
}

const ENCRYPTION_ALIAS = "CyberSource_SJC_US";
const SUBJECT_SERIAL_NUMBER = "2.5.4.5";

/** Opens a P12 file. Throws an Error whose message is a sentence for an operator and never quotes the password. */
export function readP12(file: Buffer, password: string, merchantId: string): P12 {
  const pkcs12 = open(file, password);
  const [key] = ["pkcs8ShroudedKeyBag", "keyBag"].flatMap((type) => bagsOf(pkcs12, type)).flatMap((bag) => bag.key ?? []);
  if (key === undefined) throw new Error("the P12 file holds no private key");
  const certificates = bagsOf(pkcs12, "certBag").flatMap((bag) => bag.cert ?? []);
  const own = certificates.find((certificate) => commonName(certificate) === merchantId);
  if (own === undefined) throw new Error(`the P12 file holds no certificate for merchant ${merchantId}`);
  const encryption = certificates.find((certificate) => commonName(certificate) === ENCRYPTION_ALIAS);
  return {
    privateKey: forge.pki.privateKeyInfoToPem(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key))),
    keyId: subjectSerial(own),
    encryption: encryption === undefined ? undefined : { keyId: subjectSerial(encryption), certificate: forge.pki.certificateToPem(encryption) },
  };
}

function open(file: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(file.toString("binary")), false, password);
  } catch {
    throw new Error("the P12 file cannot be opened: it is not a P12 file, or its password is another one");
  }
}

function bagsOf(pkcs12: forge.pkcs12.Pkcs12Pfx, name: string): readonly forge.pkcs12.Bag[] {
  const bagType = forge.pki.oids[name] ?? "";
  return pkcs12.getBags({ bagType })[bagType] ?? [];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const commonName = (certificate: forge.pki.Certificate): string => textOf((certificate.subject.getField("CN") as { value?: unknown } | null)?.value);

function subjectSerial(certificate: forge.pki.Certificate): string {
  const serial = certificate.subject.attributes.find((attribute) => attribute.type === SUBJECT_SERIAL_NUMBER);
  return textOf(serial?.value) || certificate.serialNumber;
}
