import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { HostError } from "../../../port";
import { fault } from "../../faults";

export interface TlsOptions {
  readonly computerName: string;
  readonly port: number;
  /** Client's certificate and its key, files of this machine in PEM. */
  readonly certificate?: { readonly file: string; readonly keyFile: string } | undefined;
  /** Authorities that are believed in place of those that Node brings: a file of this machine in PEM. */
  readonly caFile?: string | undefined;
  /** SHA-256 of the one certificate that is believed, whatever else is wrong with it. */
  readonly fingerprint?: string | undefined;
}

/** What tls.connect is given. Throws a HostError for a file that cannot be read or used. */
export function tlsSettings(options: TlsOptions): ConnectionOptions {
  const { computerName, port, certificate, caFile } = options;
  return {
    host: computerName,
    port,
    ...(isIP(computerName) === 0 && { servername: computerName }),
    minVersion: "TLSv1.2",
    // Windows asks for a client's certificate once it has read a request. In TLS 1.3 that takes an extension that Node does not offer.
    ...(certificate && {
      maxVersion: "TLSv1.2",
      cert: read("certificate.file", certificate.file),
      key: read("certificate.keyFile", certificate.keyFile),
    }),
    ...(caFile && { ca: read("caFile", caFile) }),
    // Judged below, before a byte is sent: an error has to tell which certificate it was.
    rejectUnauthorized: false,
  };
}

/** Throws a HostError for a wrong pair of files, which OpenSSL only tells by throwing. */
export function connectTls(settings: ConnectionOptions, description: string): TLSSocket {
  try {
    return connect(settings);
  } catch (error) {
    const why = `the certificate or the key cannot be used (${(error as Error).message})`;
    throw fault("secretMissing", `${description} cannot be reached: ${why}.`, { remedy: FILES });
  }
}

const FILES = "Correct the host's certificate.file, certificate.keyFile or caFile: files in PEM on the machine where pulumi runs.";

function read(argument: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw fault("secretMissing", `The file ${path} that the host's ${argument} names cannot be read (${code}).`, { remedy: FILES });
  }
}

/** The server's certificate (DER), once it is believed; otherwise an error that says how it would be. */
export function believedCertificate(socket: TLSSocket, { fingerprint }: TlsOptions, description: string): Buffer | HostError {
  const raw = socket.getPeerCertificate().raw as Buffer | undefined;
  if (raw === undefined) return fault("certificateUntrusted", `${description} shows no certificate.`);
  const { name, fingerprint256 } = partsOf(raw);
  const shown = `${name}, SHA-256 ${fingerprint256}`;
  if (fingerprint !== undefined) {
    if (plain(fingerprint) === plain(fingerprint256)) return raw;
    return fault("certificateChanged", `${description} does not show the certificate that \`fingerprint\` names, but ${shown}.`);
  }
  if (socket.authorized) return raw;
  const { authorizationError } = socket;
  const why = authorizationError instanceof Error ? authorizationError.message : String(authorizationError);
  return fault("certificateUntrusted", `The certificate of ${description} does not verify (${why}): ${shown}.`, {
    remedy: `Compare the fingerprint with that of the host's own certificate. If it is the same, pin it (fingerprint: "${fingerprint256}"), or give its authority's certificate as caFile.`,
  });
}

/** Those that a domain's authority gives to machines by itself may have no subject, and name the machine beside it alone. */
function partsOf(raw: Buffer): { name: string; fingerprint256: string } {
  const { subject, subjectAltName, fingerprint256 } = new X509Certificate(raw);
  // Node has none where it is empty, and does not declare so.
  const ownName = (subject as string | undefined)?.replaceAll("\n", ", ");
  return { name: ownName ?? subjectAltName ?? "a certificate without a name", fingerprint256 };
}

function plain(fingerprint: string): string {
  return fingerprint.replace(/[\s:]/g, "").toLowerCase();
}
