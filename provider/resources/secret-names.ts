import * as pulumi from "@pulumi/pulumi";

/**
 * Names of the arguments that are secret, and of what is secret within a plain one ("host.privateKey"). The provider is given plain values;
 * by these names it can keep them out of every message. Undefined where none is: most programs, which then cost no outputs.
 */
export function secretNames(args: object): pulumi.Output<string[] | undefined> | undefined {
  const eventual = eventualValues(args, "");
  if (eventual.length === 0) return undefined;
  const names = Promise.all(eventual.map(async ([name, value]) => ((await pulumi.isSecret(pulumi.output(value))) ? [name] : [])));
  return pulumi.output(names.then((found) => (found.flat().length === 0 ? undefined : found.flat())));
}

/** Only an output can be secret, and a promise may hold one. A list is named as a whole. */
function eventualValues(value: object, prefix: string): [name: string, value: unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const name = prefix + key;
    if (!holdsEventual(inner)) return [];
    return isPlainObject(inner) ? eventualValues(inner, `${name}.`) : [[name, inner]];
  });
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isEventual(value) && !Array.isArray(value);
}

function isEventual(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

function holdsEventual(value: unknown): boolean {
  if (isEventual(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsEventual);
}
