import { ExportError } from "../../domain/errors/export-error";
import type { FoundDirectory, FoundHost, FoundProblem } from "../../domain/look-ups/look-up-results";
import type { HostFacts } from "../../host/port";
import { madeBelow } from "../directory/made-below";
import type { Operation } from "../session/operation";

/** What a check of a host asks it, whether it is asked in one go or step by step. */

export const HOST_STEP = "check the host";

export function factsOf({ computerName, account, isElevated, powershell, managementService }: HostFacts): Partial<FoundHost> {
  return {
    computerName,
    account,
    ...(isElevated !== undefined && { elevated: isElevated }),
    ...(powershell && { powershellVersion: powershell.version, powershellEdition: powershell.edition }),
    ...(managementService && { managementService }),
  };
}

export async function countMachines(operation: Operation): Promise<number> {
  return operation.ask("list the virtual machines", operation.surroundings.hostName, async () => {
    const answer = await operation.host.listVirtualMachines();
    if (!answer.ok) throw answer.error;
    return answer.value.length;
  });
}

/** An export makes its directory and the folders above it, so only a missing volume is a problem. */
export async function lookAtDirectory(operation: Operation, directory: string): Promise<FoundDirectory> {
  const { host, paths } = operation;
  return operation.ask("look at the directory", directory, async () => {
    const report = await host.readDirectory({ directory, texts: [], list: false });
    if (report.kind === "volumeMissing" || report.kind === "notDirectory") throw unfit(report.kind, directory);
    const isThere = report.kind === "directory";
    const freeBytes = isThere ? report.freeBytes : (await madeBelow((request) => host.readDirectory(request), paths, directory))?.freeBytes;
    return {
      directory,
      exists: isThere,
      ...(isThere && { canonicalPath: report.canonicalPath }),
      ...(freeBytes !== undefined && { freeBytes }),
    };
  });
}

function unfit(kind: "volumeMissing" | "notDirectory", directory: string): ExportError {
  const step = "look at the directory";
  if (kind === "volumeMissing") return new ExportError("volume-missing", { step, subject: directory, reason: "its volume is not there" });
  const remedy = "Name another directory, or move away what stands there.";
  return new ExportError("not-a-directory", { step, subject: directory, reason: "a file or a link stands in its place", remedy });
}

export function problemOf({ code, step, subject, reason, remedy }: ExportError, directory?: string): FoundProblem {
  const message = `Could not ${step} (${subject}): ${reason}.`;
  return { code, message, remedy, ...(directory !== undefined && { directory }) };
}
