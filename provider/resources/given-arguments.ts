import * as pulumi from "@pulumi/pulumi";
import { ExportError } from "../domain/errors/export-error";
import { unfitArguments, unfitText } from "../domain/values/unfit-arguments";

/** A call as an error tells of it. */
interface Call {
  readonly step: string;
  readonly name: string;
  /** How it is meant. */
  readonly form: string;
}

const construct: Call = {
  step: "declare the export",
  name: "new ReferencePointExport",
  form: "new ReferencePointExport(name, { host, virtualMachine, exportDirectory })",
};
const get: Call = {
  step: "look the export up",
  name: "ReferencePointExport.get",
  form: "ReferencePointExport.get(name, id, { host, exportDirectory })",
};

/** The arguments of the constructor. What they lack is said by check, of all of them at once and of what is known only later. */
export function requireExportArguments(name: unknown, args: unknown): void {
  refuse(construct, unfitText(name, "name") ?? unfitObject(args, ["virtualMachine", "exportDirectory"]));
}

export function requireGetArguments(name: unknown, id: unknown, state: unknown): void {
  const isMissing = id === undefined || id === null || id === "";
  refuse(get, unfitText(name, "name") ?? (isMissing ? "id is missing" : unfitObject(state, ["exportDirectory"])));
}

/** @param form how the function of Host is called: "Host.simulator({ directory })" */
export function requireHostArguments(form: string, args: unknown, needed: readonly string[]): void {
  const call = { step: "name the host", name: form.replace(/\(.*/s, ""), form };
  refuse(call, unfitObject(args, needed) ?? unfitArguments(args, needed));
}

function unfitObject(args: unknown, needed: readonly string[]): string | undefined {
  if (pulumi.Output.isInstance(args) || args instanceof Promise)
    return "expected a plain object, got an output; its members may be outputs";
  return typeof args === "object" && args !== null && !Array.isArray(args) ? undefined : unfitArguments(args, needed);
}

function refuse({ step, name, form }: Call, reason: string | undefined): void {
  if (reason !== undefined) throw new ExportError("invalid-arguments", { step, subject: name, reason, remedy: `Write ${form}.` });
}
