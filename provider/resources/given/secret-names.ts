import * as pulumi from "@pulumi/pulumi";
import { hostSecretNames } from "../../domain/hosts/host-secrets";

/**
 * Names of the arguments that are secret, and of what is secret within a plain one ("host.privateKey"). The provider is given plain values;
 * by these names it can keep them out of every message, and their copies out of the state. Undefined where none is.
 *
 * @param args as the program gave them
 */
export function secretNames(args: Readonly<Record<string, unknown>>): string[] | Promise<string[] | undefined> | undefined {
  // It is made a secret, whoever gives it; where there is none, the name means nothing.
  const always = hostSecretNames.filter((name) => mayHold(args, name.split(".")));
  const eventual = eventualValues(args, "");
  if (eventual.length === 0) return always.length === 0 ? undefined : always;
  const names = Promise.all(eventual.map(async ([name, value]) => ((await pulumi.isSecret(pulumi.output(value))) ? [name] : [])));
  const all = names.then((found) => [...found.flat(), ...always]).then((found) => (found.length === 0 ? undefined : found));
  // An argument that fails says so itself.
  all.catch(() => {});
  return all;
}

/** Whether there is something of that name, or may be. */
function mayHold(value: unknown, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined || isEventual(value)) return true;
  return isPlainObject(value) && first in value && mayHold((value as Readonly<Record<string, unknown>>)[first], rest);
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
