import { createHash } from "node:crypto";
import { childrenOf, type Element, readElement, tags } from "./der";

/**
 * `tls-server-end-point:` and the certificate's hash, to which a login over TLS is bound (RFC 5929, section 4). Undefined for a certificate
 * whose signature has no hash of its own, as with Ed25519: for such there is no binding.
 */
export function endPointBinding(certificate: Buffer): Buffer | undefined {
  const hash = hashOfSignature(certificate);
  if (hash === undefined) return undefined;
  return Buffer.concat([Buffer.from("tls-server-end-point:", "latin1"), createHash(hash).update(certificate).digest()]);
}

/** The hash of the same, as NTLM and Kerberos carry it. */
export function endPointBindingHash(certificate: Buffer): Buffer | undefined {
  const binding = endPointBinding(certificate);
  return binding && bindingHash(binding);
}

/** MD5 over GSS-API's structure of channel bindings without addresses (MS-NLMP, section 2.2.2.1; RFC 4121, section 4.1.1.2). */
export function bindingHash(applicationData: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(applicationData.length);
  return createHash("md5")
    .update(Buffer.concat([Buffer.alloc(16), length, applicationData]))
    .digest();
}

/** By the content of an object identifier. In place of MD5 and SHA-1 stands SHA-256 (RFC 5929, section 4.1). */
const signatureHashes: Readonly<Record<string, string>> = {
  "2a864886f70d010104": "sha256", // md5WithRSAEncryption
  "2a864886f70d010105": "sha256", // sha1WithRSAEncryption
  "2a864886f70d01010b": "sha256", // sha256WithRSAEncryption
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a8648ce3d0401": "sha256", // ecdsa-with-SHA1
  "2a8648ce3d040302": "sha256", // ecdsa-with-SHA256
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
};

const RSASSA_PSS = "2a864886f70d01010a";
const pssHashes: Readonly<Record<string, string>> = {
  "2b0e03021a": "sha256", // SHA-1
  "608648016503040201": "sha256",
  "608648016503040202": "sha384",
  "608648016503040203": "sha512",
};

function hashOfSignature(certificate: Buffer): string | undefined {
  const [, algorithm] = childrenOf(readElement(certificate)) ?? [];
  const [identifier, parameters] = childrenOf(algorithm) ?? [];
  if (identifier?.tag !== tags.objectIdentifier) return undefined;
  const name = identifier.content.toString("hex");
  return name === RSASSA_PSS ? pssHash(parameters) : signatureHashes[name];
}

/** Its parameters name the hash; left out, it is SHA-1 (RFC 4055, section 3.1). */
function pssHash(parameters: Element | undefined): string | undefined {
  const hash = childrenOf(parameters)?.find(({ tag }) => tag === 0xa0);
  if (hash === undefined) return "sha256";
  const [identifier] = childrenOf(readElement(hash.content)) ?? [];
  return identifier && pssHashes[identifier.content.toString("hex")];
}
