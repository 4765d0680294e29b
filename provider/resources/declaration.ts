import type * as pulumi from "@pulumi/pulumi";
import { ownerText } from "../domain/records/owner-text";
import { configuredHost } from "./given/configured-host";
import { withSecrets } from "./given/host-secrets";
import { plainTriggers, requirePlain } from "./given/plain-arguments";
import { secretNames } from "./given/secret-names";
import type { HostArgs } from "./host";
import { requireProviderInReach } from "./provider-in-reach";
import { ownUrn } from "./sdk/own-urn";

interface Args {
  readonly host?: pulumi.Input<HostArgs | undefined>;
  readonly triggers?: pulumi.Input<pulumi.Input<unknown>[] | undefined>;
}

/** What a resource's constructor hands to the SDK. */
export interface Declaration {
  /** The arguments as they were given, without those that were not. */
  readonly given: Record<string, unknown>;
  readonly properties: Record<string, unknown>;
}

/** @param providerText one of resources/provider-text.ts */
export function declaration(
  name: string,
  type: string,
  providerText: string,
  args: Args,
  parent: pulumi.Resource | undefined,
): Declaration {
  requireProviderInReach();
  const host = args.host ?? configuredHost();
  requirePlain({ ...args, host });
  const given = onlyGiven({
    ...args,
    host: withSecrets(host),
    triggers: plainTriggers(args.triggers),
    __secrets: secretNames({ ...args, host }),
  });
  return {
    given,
    properties: {
      ...given,
      // The owner of what is made on the host, and the row for progress. Nobody is shown what begins with "__".
      __owner: ownerOf(ownUrn(name, type, parent), type),
      __provider: providerText,
      result: undefined,
    },
  };
}

/** The SDK makes an output of every property that it is given, an undefined one included. */
function onlyGiven(args: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

function ownerOf(urn: string | Promise<string>, type: string): string | Promise<string> {
  return typeof urn === "string" ? ownerText(urn, type) : urn.then((text) => ownerText(text, type));
}
