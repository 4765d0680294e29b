import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host";

const NAMESPACE = "hyperv";
const KEY = "host";

/**
 * The host that the stack's configuration `hyperv:host` names, for programs that leave `host` out; undefined where it names none.
 * A host that was configured as a secret, whole or in part, stays secret as a whole.
 */
export function configuredHost(): pulumi.Input<HostArgs> | undefined {
  const configuration = new pulumi.Config(NAMESPACE);
  return isSecretKey(`${NAMESPACE}:${KEY}`) ? configuration.getSecretObject<HostArgs>(KEY) : configuration.getObject<HostArgs>(KEY);
}

/** The SDK knows it and does not declare it. An SDK that does not know it any more makes every configured host a secret. */
function isSecretKey(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as { readonly isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(key) ?? true;
}
