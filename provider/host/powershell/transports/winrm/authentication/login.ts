/**
 * One login of one connection. NTLM and Kerberos belong to the connection they were made on (RFC 4559, section 6): whoever opens another
 * one logs in anew.
 */
export interface Login {
  /**
   * Value of the Authorization header for the next leg; undefined where none belongs into the request. `challenges`: the WWW-Authenticate
   * values of the answer before, one header or challenge each; none at first. Rejects with a HostError where there is nothing more to say:
   * a wrong password is tried once, for accounts lock.
   */
  next(challenges: readonly string[]): Promise<string | undefined>;
  /** The server has let the connection in. Its last token is checked, which proves the server; rejects with a HostError where that fails. */
  accepted(challenges: readonly string[]): Promise<void>;
  /** Whether every request carries `next([])` again; otherwise the connection is logged in once. */
  readonly eachRequest: boolean;
  /** Set over plain HTTP, once `accepted` has resolved: bodies go sealed, and an unsealed answer is refused. */
  readonly encryption?: MessageEncryption | undefined;
}

/** Sealed bodies of one connection (MS-WSMV, section 2.2.9.1). Messages are numbered: they are sealed and opened in the order on the wire. */
export interface MessageEncryption {
  /** Of a sealed request: `multipart/encrypted` with the protocol and the boundary. */
  readonly contentType: string;
  seal(body: Buffer): Promise<{ readonly contentType: string; readonly body: Buffer }>;
  /** Rejects with a HostError for a body that is not sealed, or damaged. */
  open(contentType: string, body: Buffer): Promise<Buffer>;
}

export interface LoginOptions {
  /** The host's name as it was declared; Kerberos asks for a ticket to it. */
  readonly computerName: string;
  readonly port: number;
  readonly authentication: "kerberos" | "negotiate" | "ntlm" | "basic" | "certificate";
  /** `DOMAIN\name`, `name@realm` or a local name. Without it Kerberos takes the tickets of this process. */
  readonly userName?: string | undefined;
  readonly password?: string | undefined;
  readonly useSsl: boolean;
  /** The server's certificate (DER) over HTTPS, to which the login is bound (RFC 5929, tls-server-end-point). */
  readonly serverCertificate?: Buffer | undefined;
}
