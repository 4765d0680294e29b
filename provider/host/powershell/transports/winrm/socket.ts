import { connect as connectTcp, type Socket } from "node:net";
import { HostError, type HostErrorDetails } from "../../../port";
import { believedCertificate, connectTls, type TlsOptions, tlsSettings } from "./certificate-check";

export interface SocketOptions extends TlsOptions {
  readonly useSsl: boolean;
  readonly connectTimeoutMs: number;
}

/** A connection to the host, encrypted and with a believed certificate where it is to be. */
export interface OpenSocket {
  readonly socket: Socket;
  /** The host's certificate (DER), over HTTPS. */
  readonly serverCertificate: Buffer | undefined;
}

const SECONDS_BETWEEN_SIGNS_OF_LIFE = 15;

/** Names that there are none of stay so; a host that does not answer may be there in a moment. */
const lasting = new Set(["ENOTFOUND", "EAI_NONAME"]);

/** OpenSSL's words for an answer in plain text, by its version. */
const noTls = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);
const NO_TLS: HostErrorDetails = {
  isLasting: true,
  remedy:
    "Leave port out for the host's HTTPS (5986), or say useSsl: false for its HTTP (5985); winrm enumerate winrm/config/listener shows on the host what it has.",
};

/** Rejects with `unreachable`, or with what is wrong with the certificate. */
export function openSocket(options: SocketOptions, description: string): Promise<OpenSocket> {
  const { computerName: host, port, useSsl, connectTimeoutMs } = options;
  const failed = (why: string, details: HostErrorDetails = {}) =>
    new HostError("unreachable", `Could not reach ${description} on port ${port}: ${why}.`, details);
  return new Promise((resolve, reject) => {
    const refuse = (error: HostError) => {
      clearTimeout(timer);
      // A socket that has failed may do so once more.
      socket.on("error", () => {}).destroy();
      reject(error);
    };
    const socket = useSsl ? connectTls(tlsSettings(options), description) : connectTcp({ host, port });
    const timer = setTimeout(() => refuse(failed(`no connection within ${Math.ceil(connectTimeoutMs / 1000)} s`)), connectTimeoutMs);
    const onError = (error: NodeJS.ErrnoException & { readonly reason?: string }) => {
      if (error.code !== undefined && noTls.has(error.code)) refuse(failed("what answers there speaks no TLS", NO_TLS));
      // OpenSSL's message ends with a place in its source.
      else refuse(failed(error.reason ?? error.message, { isLasting: lasting.has(error.code ?? "") }));
    };
    const onClose = () => refuse(failed("it closes the connection"));
    socket.once("error", onError).once("close", onClose);
    socket.once(useSsl ? "secureConnect" : "connect", () => {
      const certificate = "getPeerCertificate" in socket ? believedCertificate(socket, options, description) : undefined;
      if (certificate instanceof Error) return refuse(certificate);
      clearTimeout(timer);
      // A login may take half a minute before anybody else listens, and an error that nobody listens to ends this process.
      socket.on("error", () => {});
      socket.off("error", onError).off("close", onClose);
      socket.setNoDelay(true);
      // A dropped network is noticed, also while nothing is said.
      socket.setKeepAlive(true, SECONDS_BETWEEN_SIGNS_OF_LIFE * 1000);
      resolve({ socket, serverCertificate: certificate });
    });
  });
}
