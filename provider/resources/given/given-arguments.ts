import * as pulumi from "@pulumi/pulumi";
import { ExportError } from "../../domain/errors/export-error";
import { unfitArguments, unfitText } from "../../domain/values/unfit-arguments";

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

const constructPoint: Call = {
  step: "declare the reference point",
  name: "new ReferencePoint",
  form: "new ReferencePoint(name, { host, virtualMachine })",
};
const constructChain: Call = {
  step: "declare the chain",
  name: "new ExportChain",
  form: "new ExportChain(name, { host, virtualMachine, directory, via, generation })",
};
const getChain: Call = {
  step: "look the chain up",
  name: "ExportChain.get",
  form: "ExportChain.get(name, id, { host, directory })",
};
const constructCheckpointExport: Call = {
  step: "declare the export",
  name: "new CheckpointExport",
  form: "new CheckpointExport(name, { host, virtualMachine, exportDirectory })",
};
const getCheckpointExport: Call = {
  step: "look the export up",
  name: "CheckpointExport.get",
  form: "CheckpointExport.get(name, id, { host, exportDirectory })",
};
const getPoint: Call = {
  step: "look the reference point up",
  name: "ReferencePoint.get",
  form: "ReferencePoint.get(name, id, { host, virtualMachine })",
};

/** What a constructor was given, and which names mean something else on its resource, so that the SDK cannot have an argument of that name. */
export interface Given {
  readonly name: unknown;
  readonly args: unknown;
  readonly opts: unknown;
  readonly prototype: object;
}

/** The arguments of the constructor. What they lack is said by check, of all of them at once and of what is known only later. */
export function requireExportArguments(given: Given): void {
  requireDeclaration(construct, given, ["virtualMachine", "exportDirectory"]);
}

export function requirePointArguments(given: Given): void {
  requireDeclaration(constructPoint, given, ["virtualMachine"]);
}

export function requireChainArguments(given: Given): void {
  requireDeclaration(constructChain, given, ["virtualMachine", "directory", "via", "generation"]);
  requireNoReplaceWith(constructChain, given.opts);
}

export function requireCheckpointExportArguments(given: Given): void {
  requireDeclaration(constructCheckpointExport, given, ["virtualMachine", "exportDirectory"]);
  requireNoReplaceWith(constructCheckpointExport, given.opts);
}

/** The engine may delete what is replaced with another resource before it has asked anything of it: every generation, unwarned. */
function requireNoReplaceWith({ step }: Call, opts: unknown): void {
  const { replaceWith } = (opts ?? {}) as { readonly replaceWith?: unknown };
  if (!Array.isArray(replaceWith) || replaceWith.length === 0) return;
  const reason = "what is replaced with another resource would be deleted with all that it holds";
  const remedy = "Leave replaceWith out. A changed value in triggers makes a new one at once.";
  throw new ExportError("invalid-arguments", { step, subject: "replaceWith", reason, remedy });
}

function requireDeclaration(call: Call, { name, args, opts, prototype }: Given, needed: readonly string[]): void {
  refuse(call, unfitText(name, "name") ?? unfitObject(args, needed) ?? unfitParent(opts));
  for (const argument of Object.keys(args as object)) {
    if (!isTaken(argument, prototype)) continue;
    const reason = "there is no such argument: it is an output, or a property of every resource";
    throw new ExportError("invalid-arguments", { step: "use the argument", subject: argument, reason, remedy: `Leave ${argument} out.` });
  }
}

/** By such a name the resource, or the SDK, means something else. */
function isTaken(argument: string, prototype: object): boolean {
  return argument in prototype || ["id", "urn", "result"].includes(argument) || argument.startsWith("__");
}

export function requireGetArguments(name: unknown, id: unknown, state: unknown): void {
  requireLookUp(get, name, id, state, ["exportDirectory"]);
}

export function requireGetChainArguments(name: unknown, id: unknown, state: unknown): void {
  requireLookUp(getChain, name, id, state, ["directory"]);
}

export function requireGetCheckpointExportArguments(name: unknown, id: unknown, state: unknown): void {
  requireLookUp(getCheckpointExport, name, id, state, ["exportDirectory"]);
}

export function requireGetPointArguments(name: unknown, id: unknown, state: unknown): void {
  requireLookUp(getPoint, name, id, state, ["virtualMachine"]);
}

function requireLookUp(call: Call, name: unknown, id: unknown, state: unknown, needed: readonly string[]): void {
  const isMissing = id === undefined || id === null || id === "";
  refuse(call, unfitText(name, "name") ?? (isMissing ? "id is missing" : unfitObject(state, needed)));
}

function unfitParent(opts: unknown): string | undefined {
  const parent = (opts as { readonly parent?: unknown } | null | undefined)?.parent ?? undefined;
  return parent === undefined || pulumi.Resource.isInstance(parent) ? undefined : "expected parent to be a resource, got something else";
}

/** @param form how the function of Host is called: "Host.simulator({ directory })" */
export function requireHostArguments(form: string, args: unknown, needed: readonly string[]): void {
  const call = { step: "name the host", name: form.replace(/\(.*/s, ""), form };
  refuse(call, unfitObject(args, needed) ?? unfitArguments(args, needed));
}

/** The arguments of a look-up. What their values are is looked at when they are known. */
export function requireLookUpArguments(name: string, args: unknown): void {
  refuse({ step: "look something up", name, form: `${name}({ … })` }, unfitObject(args, []));
}

function unfitObject(args: unknown, needed: readonly string[]): string | undefined {
  if (pulumi.Output.isInstance(args) || args instanceof Promise)
    return "expected a plain object, got an output; its members may be outputs";
  return typeof args === "object" && args !== null && !Array.isArray(args) ? undefined : unfitArguments(args, needed);
}

function refuse({ step, name, form }: Call, reason: string | undefined): void {
  if (reason !== undefined) throw new ExportError("invalid-arguments", { step, subject: name, reason, remedy: `Write ${form}.` });
}
