import { mayChangeArguments, mayLastForGood } from "./error-table";
import { ExportError, isExportError } from "./export-error";

/** How the engine knows a resource. */
export interface Known {
  readonly id: string;
  /** "" where it is not known. */
  readonly urn: string;
}

/** The error of an export that the engine knows, with the way to give it up where it may be out of reach for good. */
export function withWayOut(error: unknown, known: Known): unknown {
  if (!isExportError(error) || !mayLastForGood(error.code)) return error;
  const { code, step, subject, reason, remedy } = error;
  const details = { step, subject, reason, remedy: `${remedy} Only if it is gone for good: ${giveUp(known)}` };
  return new ExportError(code, details, { cause: error });
}

/** The error of a refresh or a delete, with what a change to the program needs to reach it: both go by what the last up has stored. */
export function withStoredArguments(error: unknown): unknown {
  if (!isExportError(error) || !mayChangeArguments(error.code)) return error;
  const { code, step, subject, reason, remedy } = error;
  const needs =
    "Refresh and destroy go by what the last up stored: after a change to the program run pulumi up first, with the resource in it.";
  return new ExportError(code, { step, subject, reason, remedy: `${remedy} ${needs}` }, { cause: error });
}

/**
 * The id stands in it because the URN alone may name two: while a delete is pending, the engine keeps the old half under the URN of the new
 * one, and asks which of them is meant. It can only ask in a terminal.
 */
export function giveUp({ id, urn }: Known): string {
  const name = urn === "" ? "with the resource's URN" : `'${urn}'`;
  return `pulumi state delete ${name}, in a terminal; if that asks which resource is meant, the one with the id ${id}.`;
}
