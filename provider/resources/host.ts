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

/** The environment variable of whoever runs Pulumi that holds a secret. Its name lies in the state, its value does not. */
export interface EnvironmentVariable {
  readonly environment: string;
}

/** How to reach the machine that runs Hyper-V. Make one with {@link Host}. */
export type HostArgs = SimulatorHostArgs | LocalHostArgs | SshHostArgs;

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
};
