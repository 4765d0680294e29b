import type * as pulumi from "@pulumi/pulumi";
import { requireHostArguments } from "./given/given-arguments";

/** The embedded stand-in for a Hyper-V host. */
export interface SimulatorHostArgs {
  readonly kind: "simulator";
  readonly directory: pulumi.Input<string>;
}

/** The machine that runs Pulumi. */
export interface LocalHostArgs {
  readonly kind: "local";
  readonly executable?: pulumi.Input<string | undefined>;
}

/** A machine that is reached by SSH. */
export interface SshHostArgs {
  readonly kind: "ssh";
  readonly hostName: pulumi.Input<string>;
  readonly userName?: pulumi.Input<string | undefined>;
  readonly port?: pulumi.Input<number | undefined>;
  readonly keyFile?: pulumi.Input<string | undefined>;
  readonly privateKey?: pulumi.Input<string | EnvironmentVariable | undefined>;
  readonly hostKey?: pulumi.Input<string | undefined>;
  readonly jumpHost?: pulumi.Input<string | undefined>;
  readonly executable?: pulumi.Input<string | undefined>;
  readonly connectTimeout?: pulumi.Input<string | undefined>;
}

/** A machine that is reached by WinRM. */
export interface WinrmHostArgs {
  readonly kind: "winrm";
  readonly computerName: pulumi.Input<string>;
  readonly port?: pulumi.Input<number | undefined>;
  readonly useSsl?: pulumi.Input<boolean | undefined>;
  readonly authentication: pulumi.Input<"kerberos" | "negotiate" | "ntlm" | "basic" | "certificate">;
  readonly credential?: pulumi.Input<WinrmCredential | undefined>;
  readonly certificate?: pulumi.Input<ClientCertificate | undefined>;
  readonly caFile?: pulumi.Input<string | undefined>;
  readonly fingerprint?: pulumi.Input<string | undefined>;
  readonly operationTimeout?: pulumi.Input<string | undefined>;
}

/** An account of the host or of its domain. */
export interface WinrmCredential {
  /** "name", "DOMAIN\\name" or "name@domain". */
  readonly userName: pulumi.Input<string>;
  /** The password itself, which is made a secret; or the environment variable that holds it. */
  readonly password: pulumi.Input<string | EnvironmentVariable>;
}

/** A certificate to log in with: files in PEM on the computer that runs Pulumi. */
export interface ClientCertificate {
  readonly file: pulumi.Input<string>;
  readonly keyFile: pulumi.Input<string>;
}

/** The environment variable of whoever runs Pulumi that holds a secret. Its name lies in the state, its value does not. */
export interface EnvironmentVariable {
  readonly environment: string;
}

/** How to reach the machine that runs Hyper-V. Make one with {@link Host}. */
export type HostArgs = SimulatorHostArgs | LocalHostArgs | SshHostArgs | WinrmHostArgs;

/** Where Hyper-V runs. The value is plain data, so it can also come from the stack's configuration `hyperv:host`. */
export const Host = {
  /**
   * The embedded simulator: no Windows needed. Its machines, points and jobs live in a directory of this computer, and it exports
   * real files to native absolute paths.
   *
   * @param args.directory Absolute path of the lab. A create, or Simulator.open, makes the default lab in an empty or absent directory.
   */
  simulator(args: Omit<SimulatorHostArgs, "kind">): SimulatorHostArgs {
    requireHostArguments("Host.simulator({ directory })", args, ["directory"]);
    return { kind: "simulator", ...args };
  },

  /**
   * The machine that runs Pulumi, by a PowerShell of its own: 5.1 or later, elevated or of Hyper-V Administrators.
   *
   * @param args.executable PowerShell to start: a path, or a name on PATH. Default: powershell.exe of Windows; elsewhere pwsh.
   */
  local(args: Omit<LocalHostArgs, "kind"> = {}): LocalHostArgs {
    requireHostArguments("Host.local() or Host.local({ executable })", args, []);
    return { kind: "local", ...args };
  },

  /**
   * A Windows machine, by the `ssh` of this computer: it needs an sshd and powershell.exe 5.1 or later, and no software of ours. Nobody is
   * asked anything: the login is by key. What is left out, ssh decides by its own configuration.
   *
   * @param args.hostName Name or address of the machine. A name that begins with a hyphen, or holds white space, is refused.
   * @param args.userName Account on the host: "name", "DOMAIN\\name" or "name@domain".
   * @param args.port Port of the host's sshd.
   * @param args.keyFile Path of a private key on this computer.
   * @param args.privateKey The private key itself, which is made a secret; or `{ environment: "NAME" }`. Instead of `keyFile`.
   * @param args.hostKey The machine's public key ("ssh-ed25519 AAAA…"): no other machine is believed. Default: the known hosts.
   * @param args.jumpHost [USER@]HOST[:PORT] to go through, or several with commas between.
   * @param args.executable PowerShell on the host, one plain word. Default "powershell.exe".
   * @param args.connectTimeout The longest that the connection may take, a duration. Default "15s".
   */
  ssh(args: Omit<SshHostArgs, "kind">): SshHostArgs {
    requireHostArguments("Host.ssh({ hostName })", args, ["hostName"]);
    return { kind: "ssh", ...args };
  },

  /**
   * A Windows machine, by the WinRM that Windows servers have switched on: its own powershell.exe 5.1, and no software of ours. HTTPS unless
   * said otherwise; what goes over HTTP is encrypted by the login. A certificate that does not verify is an error that tells its fingerprint.
   *
   * @param args.computerName Name or address of the machine. Its certificate must be of this name, and Kerberos knows the machine by it.
   * @param args.port Port of the host's WinRM. Default 5986; without `useSsl` 5985.
   * @param args.useSsl HTTPS. Default true. `false` is refused with "basic" and "certificate", which encrypt no messages.
   * @param args.authentication How to log in: "kerberos", "negotiate" (Kerberos where it can be had, else NTLM), "ntlm", "basic" or "certificate".
   * @param args.credential Account and password, which is made a secret; the password may be `{ environment: "NAME" }`. Default: with
   *   Kerberos, the tickets of the account that runs Pulumi.
   * @param args.certificate Paths of a client certificate and its key in PEM on this computer, for "certificate" alone.
   * @param args.caFile Path of the certificates of the authorities that are believed, in PEM. Default: those that Node.js believes.
   * @param args.fingerprint SHA-256 of the host's certificate: no other one is believed. Instead of `caFile`.
   * @param args.operationTimeout How long the host may take to one answer, a duration from 1 second to 1 minute. Default "20s".
   */
  winrm(args: Omit<WinrmHostArgs, "kind">): WinrmHostArgs {
    requireHostArguments("Host.winrm({ computerName, authentication })", args, ["computerName", "authentication"]);
    return { kind: "winrm", ...args };
  },
};
