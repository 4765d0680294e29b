import * as pulumi from "@pulumi/pulumi";
import { ExportError } from "../../domain/errors/export-error";
import { noPlainValue } from "../../domain/values/plain-value";

/**
 * Refuses what Pulumi does not carry to the provider, at once: it would wait for some values for ever, without a word. No value is
 * repeated: it may be secret.
 */
export function requirePlain(args: object, step?: string): void {
  const found = noPlainValue(args, isCarried);
  if (found) throw refusal(found.path.join(".") || "the arguments", found.what, step);
}

/** The triggers, of which any part may be eventual: that is looked at as soon as it is known. */
export function plainTriggers<T>(triggers: T): T {
  // Before Pulumi unwraps it: of a date or a map that makes an empty object.
  if (triggers instanceof Promise) return pulumi.output(triggers.then(requirePlainTrigger)) as T;
  if (isEventual(triggers)) return pulumi.output(triggers).apply(requirePlainTrigger) as T;
  if (!holdsEventual(triggers)) return triggers;
  if (Array.isArray(triggers)) return triggers.map(plainTriggers) as T;
  return Object.fromEntries(Object.entries(triggers as object).map(([name, value]) => [name, plainTriggers(value)])) as T;
}

/** Names within a value that came later are not repeated either: such a value may be secret as a whole. */
function requirePlainTrigger<T>(known: T): T {
  const found = noPlainValue(known, isCarried);
  if (found) throw refusal("triggers", found.what);
  return known;
}

function holdsEventual(value: unknown): boolean {
  if (isEventual(value)) return true;
  return typeof value === "object" && value !== null && !isCarried(value) && Object.values(value).some(holdsEventual);
}

function isEventual(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** What only bears the mark of it, in plain data, is none. */
function isCarried(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) === Object.prototype) return false;
  return (
    isEventual(value) || pulumi.Resource.isInstance(value) || pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)
  );
}

function refusal(subject: string, what: string, step = "declare the resource"): ExportError {
  return new ExportError("invalid-arguments", {
    step,
    subject,
    reason: `${what} does not reach the provider`,
    remedy:
      "Give plain data: text, finite numbers, true and false, lists, and objects without such a property, none of them huge. JSON.stringify makes text of others.",
  });
}
