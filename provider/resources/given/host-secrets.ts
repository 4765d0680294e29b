import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host";
import { configuredHost } from "./configured-host";

/** The host with its private key as a secret, however the program or the configuration gave it: it must not lie in a state in plain text. */
export function withSecrets(host: pulumi.Input<HostArgs | undefined>): pulumi.Input<HostArgs | undefined> {
  // What an apply returns is unwrapped, the secret in it as well.
  if (pulumi.Output.isInstance(host)) return host.apply((known) => withSecrets(known ?? configuredHost()) as HostArgs);
  if (host instanceof Promise) return host.then((known) => withSecrets(known ?? configuredHost()) as HostArgs);
  if (typeof host !== "object" || host === null || !("privateKey" in host) || namesVariable(host.privateKey)) return host;
  return { ...host, privateKey: pulumi.secret(host.privateKey) as pulumi.Output<string> };
}

/** The name of a variable is no secret. */
function namesVariable(privateKey: unknown): boolean {
  return privateKey === undefined || (typeof privateKey === "object" && privateKey !== null && "environment" in privateKey);
}
