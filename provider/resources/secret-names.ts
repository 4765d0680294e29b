import * as pulumi from "@pulumi/pulumi";

/**
 * Names of the arguments that are secret, whole or in part. The provider is given plain values; by these names it can keep them out
 * of every message. Undefined where none is: most programs, which then cost no outputs.
 */
export function secretNames(args: object): pulumi.Output<string[] | undefined> | undefined {
  const eventual = Object.entries(args).filter(([, value]) => holdsEventual(value));
  if (eventual.length === 0) return undefined;
  const names = Promise.all(eventual.map(async ([name, value]) => ((await pulumi.isSecret(pulumi.output(value))) ? [name] : [])));
  return pulumi.output(names.then((found) => (found.flat().length === 0 ? undefined : found.flat())));
}

/** Only an output can be secret, and a promise may hold one. */
function holdsEventual(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsEventual);
}
