import { ExportError } from "../../domain/errors/export-error";
import { sha256Of } from "../../domain/values/sha256";
import type { Precondition } from "../../host/port";
import type { Operation } from "./operation";

/** For a change that takes no condition: looked at right before it. What another run has changed meanwhile is refused (`superseded`). */
export async function requireUnchanged(operation: Operation, step: string, what: string, condition: Precondition): Promise<void> {
  const { directory, path, sha256 } = condition;
  const request = { directory, texts: [path], list: false };
  const report = await operation.ask(step, directory, () => operation.host.readDirectory(request));
  const now = report.kind === "directory" ? report.texts[path] : undefined;
  if ((now === undefined ? undefined : sha256Of(now)) === sha256) return;
  throw new ExportError("superseded", { step, subject: directory, reason: `its ${what} has been changed since this run looked at it` });
}
