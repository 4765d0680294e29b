import { ExportError, isExportError } from "../../domain/errors/export-error";
import type { FoundDirectory, FoundHost, FoundProblem, HostQuery } from "../../domain/look-ups/look-up-results";
import type { HostFacts } from "../../host/port";
import { madeBelow } from "../directory/made-below";
import { explain } from "../session/host-failure";
import type { Operation } from "../session/operation";

const STEP = "check the host";

/** What the host is and what is wrong with it. Of what goes wrong nothing is thrown: it is what was asked for. */
export async function checkHost(operation: Operation, { directories }: HostQuery): Promise<FoundHost> {
  const { hostName } = operation.surroundings;
  const problems: FoundProblem[] = [];
  const facts = await noted(problems, () => operation.ask(STEP, hostName, () => operation.host.inspect()));
  // All that is asked of it would only fail in the same way.
  if (facts === undefined) return { ok: false, host: hostName, problems, directories: [] };
  for (const fault of facts.faults) problems.push(problemOf(explain(fault, STEP, hostName)));
  const machineId = await noted(problems, () => operation.machineId());
  const isVisible = facts.faults.length === 0;
  const [machines, found] = await Promise.all([
    isVisible ? noted(problems, () => countMachines(operation)) : undefined,
    Promise.all(directories.map((directory) => noted(problems, () => lookAtDirectory(operation, directory), directory))),
  ]);
  return {
    ok: problems.length === 0,
    host: hostName,
    problems,
    ...told(facts),
    ...(machineId !== undefined && { machineId }),
    ...(machines !== undefined && { virtualMachines: machines }),
    directories: found.filter((directory) => directory !== undefined),
  };
}

function told({ computerName, account, isElevated, powershell, managementService }: HostFacts): Partial<FoundHost> {
  return {
    computerName,
    account,
    ...(isElevated !== undefined && { elevated: isElevated }),
    ...(powershell && { powershellVersion: powershell.version, powershellEdition: powershell.edition }),
    ...(managementService && { managementService }),
  };
}

async function countMachines(operation: Operation): Promise<number> {
  return operation.ask("list the virtual machines", operation.surroundings.hostName, async () => {
    const answer = await operation.host.listVirtualMachines();
    if (!answer.ok) throw answer.error;
    return answer.value.length;
  });
}

/** An export makes its directory and the folders above it, so only a missing volume is a problem. */
async function lookAtDirectory(operation: Operation, directory: string): Promise<FoundDirectory> {
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

/** @returns undefined where it has failed: then it is among the problems */
async function noted<T>(problems: FoundProblem[], ask: () => Promise<T>, directory?: string): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isExportError(error)) throw error;
    problems.push(problemOf(error, directory));
    return undefined;
  }
}

function problemOf({ code, step, subject, reason, remedy }: ExportError, directory?: string): FoundProblem {
  const message = `Could not ${step} (${subject}): ${reason}.`;
  return { code, message, remedy, ...(directory !== undefined && { directory }) };
}
