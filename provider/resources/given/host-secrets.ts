import * as pulumi from "@pulumi/pulumi";
import type { HostArgs, WinrmCredential } from "../host";
import { configuredHost } from "./configured-host";

/** The host with its private key or password as a secret, however the program or the configuration gave it: it must not lie in a state in plain text. */
export function withSecrets(host: pulumi.Input<HostArgs | undefined>): pulumi.Input<HostArgs | undefined> {
  // What an apply returns is unwrapped, the secret in it as well.
  if (pulumi.Output.isInstance(host)) return host.apply((known) => withSecrets(known ?? configuredHost()) as HostArgs);
  if (host instanceof Promise) return host.then((known) => withSecrets(known ?? configuredHost()) as HostArgs);
  if (typeof host !== "object" || host === null) return host;
  // Either, whatever the kind is: a key that is there and undefined makes no password less of a secret.
  const keyed = "privateKey" in host ? withSecret(host, "privateKey") : host;
  return "credential" in keyed ? { ...keyed, credential: withSecretPassword(keyed.credential) } : keyed;
}

function withSecretPassword(credential: pulumi.Input<WinrmCredential | undefined>): pulumi.Input<WinrmCredential | undefined> {
  if (pulumi.Output.isInstance(credential)) return credential.apply((known) => withSecretPassword(known) as WinrmCredential);
  if (credential instanceof Promise) return credential.then((known) => withSecretPassword(known) as WinrmCredential);
  return typeof credential === "object" && credential !== null && "password" in credential
    ? withSecret(credential, "password")
    : credential;
}

function withSecret<Holder extends object>(holder: Holder, name: keyof Holder): Holder {
  return namesVariable(holder[name]) ? holder : { ...holder, [name]: pulumi.secret(holder[name]) };
}

/** The name of a variable is no secret. */
function namesVariable(secret: unknown): boolean {
  return secret === undefined || (typeof secret === "object" && secret !== null && "environment" in secret);
}
