import { fault } from "../../../../faults";

/** What is used of the npm package `kerberos`, 7.0.0 by its source: its declarations name options that it does not read. Bytes are base64. */
export interface KerberosPackage {
  initializeClient(service: string, options: ClientOptions): Promise<KerberosClient>;
}

export interface ClientOptions {
  readonly mechOID: number;
  readonly flags: number;
  /** Where GSS-API takes a ticket, whose; the default one without. Windows has no use for it. */
  readonly principal?: string;
  /** On Windows alone. Without them it is the account of this process. */
  readonly user?: string;
  readonly domain?: string;
  readonly password?: string;
}

export interface KerberosClient {
  /** Null until the login is complete. `contextComplete` is true on Windows after the first step, whatever that came to. */
  readonly username: string | null;
  /** Null where nothing is left to send. */
  step(challenge: string): Promise<string | null>;
  wrap(message: string, options: { readonly protect: boolean }): Promise<string>;
  unwrap(token: string): Promise<string>;
}

export const mechanismOf = { kerberos: 9, spnego: 6 } as const;

// Not written where it is loaded: it is an optional peer, and nothing here may need it to be found.
const NAME = "kerberos";

/** Loaded when it is needed. Throws a HostError that says how to install it. */
export function loadKerberos(): KerberosPackage {
  try {
    return require(NAME) as KerberosPackage;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isAbsent = code === "MODULE_NOT_FOUND" && message.startsWith(`Cannot find module '${NAME}'`);
    const why = isAbsent ? "is not installed" : `cannot be loaded: ${message.split("\n")[0]}`;
    throw fault("programMissing", `Kerberos needs the npm package kerberos, and it ${why}.`, { remedy: INSTALL });
  }
}

const INSTALL =
  "Install it beside this package (npm install kerberos@7), on Linux with the library of GSS-API (Debian: libgssapi-krb5-2; libkrb5-dev and a compiler where npm finds no built one). Or name another way in `authentication`.";
