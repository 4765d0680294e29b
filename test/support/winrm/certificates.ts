import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** An authority of its own, a server's certificate of it for localhost and 127.0.0.1, and a client's; made by openssl. PEM throughout. */
export interface Certificates {
  readonly folder: string;
  readonly caFile: string;
  readonly server: { readonly certFile: string; readonly keyFile: string };
  readonly client: { readonly certFile: string; readonly keyFile: string };
  /** SHA-256 of the server's certificate, in hexadecimal with colons, as openssl and Node write it. */
  readonly fingerprint: string;
  remove(): void;
}

/** How one of the certificates differs from a good one. */
export interface CertificateWishes {
  /** Names that the server's certificate is for, as openssl writes them: "DNS:localhost". */
  readonly serverNames?: readonly string[];
  /** As openssl writes it; "/" for none. */
  readonly serverSubject?: string;
  /** Days that the server's certificate is good for; below 0 it has expired. */
  readonly serverDays?: number;
  /** SHA-256 by default; the binding of a login to the certificate depends on it. */
  readonly serverDigest?: "sha256" | "sha384" | "sha512";
}

export function makeCertificates(wishes: CertificateWishes = {}): Certificates {
  const {
    serverNames = ["DNS:localhost", "IP:127.0.0.1"],
    serverSubject = "/CN=server",
    serverDays = 30,
    serverDigest = "sha256",
  } = wishes;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "winrm-certificates-"));
  const at = (name: string) => path.join(folder, name);
  const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: ["ignore", "pipe", "pipe"] });
  const request = (name: string, subject = `/CN=${name}`) => {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at(`${name}.key`)];
    openssl("req", "-new", ...key, "-out", at(`${name}.csr`), "-subj", subject);
  };
  const issue = (name: string, extension: string, days: number, digest: string, subject?: string) => {
    request(name, subject);
    fs.writeFileSync(at(`${name}.ext`), `${extension}\n`);
    const by = ["-CA", at("authority.pem"), "-CAkey", at("authority.key"), "-CAcreateserial"];
    openssl(
      "x509",
      "-req",
      "-in",
      at(`${name}.csr`),
      ...by,
      "-days",
      String(days),
      `-${digest}`,
      "-extfile",
      at(`${name}.ext`),
      "-out",
      at(`${name}.pem`),
    );
    return { certFile: at(`${name}.pem`), keyFile: at(`${name}.key`) };
  };
  request("authority");
  const selfSigned = ["-in", at("authority.csr"), "-signkey", at("authority.key"), "-days", "30"];
  fs.writeFileSync(at("authority.ext"), "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n");
  openssl("x509", "-req", ...selfSigned, "-sha256", "-extfile", at("authority.ext"), "-out", at("authority.pem"));
  const server = issue(
    "server",
    `subjectAltName=${serverNames.join(",")}\nextendedKeyUsage=serverAuth`,
    serverDays,
    serverDigest,
    serverSubject,
  );
  const client = issue(
    "client",
    "subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:operator@example\nextendedKeyUsage=clientAuth",
    30,
    "sha256",
  );
  return {
    folder,
    caFile: at("authority.pem"),
    server,
    client,
    fingerprint: new X509Certificate(fs.readFileSync(server.certFile)).fingerprint256,
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
