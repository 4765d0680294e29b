import { sha256Of } from "../../domain/values/sha256";
import { HostError, type Precondition } from "../port";
import { readText } from "./directory-report";
import { requireAbsolute, withinDirectory } from "./relative-path";

/** Refuses a change whose condition does not hold any more. Not async: what follows in the same turn comes right after it. */
export function requireUnchanged(condition: Precondition | undefined): void {
  if (condition === undefined || isUnchanged(condition)) return;
  const { directory, path } = condition;
  throw new HostError("preconditionFailed", `${path} in ${directory} has been changed since this change was decided on.`, {
    path: directory,
  });
}

/** The same as an answer; undefined where the condition holds. */
export function whyChanged(condition: Precondition | undefined): HostError | undefined {
  try {
    requireUnchanged(condition);
    return undefined;
  } catch (error) {
    if (error instanceof HostError) return error;
    throw error;
  }
}

function isUnchanged({ directory, path, sha256 }: Precondition): boolean {
  requireAbsolute(directory);
  const text = readText(withinDirectory(directory, path));
  return (text === undefined ? undefined : sha256Of(text)) === sha256;
}
