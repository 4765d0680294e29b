import * as pulumi from "@pulumi/pulumi";

/**
 * Names of the arguments that are secret, whole or in part. The provider is given plain values; by these names it can keep them out
 * of every message.
 */
export function secretNames(args: object): pulumi.Output<string[] | undefined> {
  const names = Promise.all(
    Object.entries(args).map(async ([name, value]) => (value !== undefined && (await pulumi.isSecret(pulumi.output(value))) ? [name] : [])),
  );
  return pulumi.output(names.then((found) => (found.flat().length === 0 ? undefined : found.flat())));
}
