import { isExportError } from "../../domain/errors/export-error";
import type { FoundHost, FoundProblem, HostQuery } from "../../domain/look-ups/look-up-results";
import { explain } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { countMachines, factsOf, HOST_STEP, lookAtDirectory, problemOf } from "./host-questions";

/** What the host is and what is wrong with it. Of what goes wrong nothing is thrown: it is what was asked for. */
export async function checkHost(operation: Operation, { directories }: HostQuery): Promise<FoundHost> {
  const { hostName } = operation.surroundings;
  const problems: FoundProblem[] = [];
  const facts = await noted(problems, () => operation.ask(HOST_STEP, hostName, () => operation.host.inspect()));
  // All that is asked of it would only fail in the same way.
  if (facts === undefined) return { ok: false, host: hostName, problems, directories: [] };
  for (const fault of facts.faults) problems.push(problemOf(explain(fault, HOST_STEP, hostName)));
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
    ...factsOf(facts),
    ...(machineId !== undefined && { machineId }),
    ...(machines !== undefined && { virtualMachines: machines }),
    directories: found.filter((directory) => directory !== undefined),
  };
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
