import { ExportError, isExportError } from "../../domain/errors/export-error";
import type { HostReport, HostStep } from "../../domain/look-ups/host-report";
import { type HostStepName, hostSteps } from "../../domain/look-ups/host-steps";
import type { FoundDirectory, FoundHost } from "../../domain/look-ups/look-up-results";
import { formatBytes } from "../../domain/values/byte-size";
import { explain, isOutOfSight } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { countMachines, factsOf, HOST_STEP, lookAtDirectory, problemOf } from "./host-questions";

/** Whoever looks on, and what a step that hangs needs. */
export interface StepWatch {
  began(step: HostStepName, directory?: string): void;
  ended(step: HostStep): void;
  /** Lets go of the session that hangs: whoever asks next opens another. */
  renew(): Promise<void>;
}

/** What a step has found: facts, a sentence, and what is wrong all the same. */
interface Found<T> {
  readonly value: T;
  readonly found?: string | undefined;
  readonly problems?: readonly ExportError[];
}

/**
 * The check of a host as a list of steps, each with a time of its own, so that one which hangs is named and costs the others nothing.
 *
 * @param begin an operation for one step, on the session that is open then
 */
export async function checkInSteps(begin: () => Operation, directories: readonly string[], watch: StepWatch): Promise<HostReport> {
  const steps: HostStep[] = [];
  const { hostName } = begin().surroundings;
  const take = async <T>(name: HostStepName, ask: (operation: Operation) => Promise<Found<T>>, directory?: string) => {
    watch.began(name, directory);
    const { step, value } = await taken(name, () => ask(begin()), directory);
    steps.push(step);
    watch.ended(step);
    if (step.outcome === "hung") await watch.renew();
    return value;
  };
  const skip = (name: HostStepName, why: string, directory?: string) => {
    steps.push({ ...named(name, directory), outcome: "skipped", milliseconds: 0, found: why, problems: [] });
    watch.ended(steps.at(-1) as HostStep);
    return undefined;
  };

  const giveUp = (left: readonly HostStepName[], why: string, facts: Partial<FoundHost> = {}) => {
    for (const name of left) skip(name, why);
    for (const directory of directories) skip("directory", why, directory);
    return reportOf(hostName, steps, { ...facts, directories: [] });
  };

  const reached = await take("connect", reach);
  if (reached === undefined) return giveUp(["inspect", "machines"], "the host was not reached");
  const { machineId } = reached;
  const identity = machineId === undefined ? {} : { machineId };
  const seen = await take("inspect", inspect);
  // Of a host that refuses to be looked at, all that is asked would only fail in the same way; one that hangs may have files that do not.
  if (seen === undefined && steps.at(-1)?.outcome !== "hung") return giveUp(["machines"], "the host cannot be looked at", identity);
  const machines = seen?.isVisible ? await take("machines", count) : skip("machines", "it would tell nothing that may be believed");
  const found: FoundDirectory[] = [];
  for (const directory of directories) {
    const one = await take("directory", (operation) => look(operation, directory), directory);
    if (one) found.push(one);
  }
  return reportOf(hostName, steps, {
    ...seen?.facts,
    ...identity,
    ...(machines !== undefined && { virtualMachines: machines }),
    directories: found,
  });
}

async function reach(operation: Operation): Promise<Found<{ readonly machineId: string | undefined }>> {
  const machineId = await operation.machineId();
  return { value: { machineId }, found: machineId && `it is the machine ${machineId}` };
}

async function inspect(operation: Operation): Promise<Found<{ readonly facts: Partial<FoundHost>; readonly isVisible: boolean }>> {
  const { hostName } = operation.surroundings;
  const seen = await operation.ask(HOST_STEP, hostName, () => operation.host.inspect());
  const facts = factsOf(seen);
  const { computerName, account, elevated, powershellVersion, powershellEdition, managementService } = facts;
  const rights = elevated === undefined ? "" : elevated ? ", as an administrator" : ", without the rights of an administrator";
  const words = [
    `${computerName} as ${account}${rights}`,
    ...(powershellVersion === undefined ? [] : [`PowerShell ${powershellVersion} (${powershellEdition})`]),
    ...(managementService === undefined ? [] : [`service vmms ${managementService}`]),
  ];
  const problems = seen.faults.map((fault) => explain(fault, HOST_STEP, hostName));
  return { value: { facts, isVisible: problems.length === 0 }, found: words.join("; "), problems };
}

async function count(operation: Operation): Promise<Found<number>> {
  const value = await countMachines(operation);
  return { value, found: `${value} ${value === 1 ? "machine" : "machines"}` };
}

async function look(operation: Operation, directory: string): Promise<Found<FoundDirectory>> {
  const value = await lookAtDirectory(operation, directory);
  const { exists, freeBytes, canonicalPath } = value;
  const where = exists ? (canonicalPath === directory ? "it is there" : `it leads to ${canonicalPath}`) : "it is not there yet";
  return { value, found: freeBytes === undefined ? where : `${where}, ${formatBytes(freeBytes)} free` };
}

function named(step: HostStepName, directory: string | undefined): Pick<HostStep, "step" | "directory"> {
  return { step, ...(directory !== undefined && { directory }) };
}

async function taken<T>(
  name: HostStepName,
  ask: () => Promise<Found<T>>,
  directory: string | undefined,
): Promise<{ readonly step: HostStep; readonly value: T | undefined }> {
  const begun = performance.now();
  const ended = (outcome: HostStep["outcome"], problems: readonly ExportError[], found?: string): HostStep => ({
    ...named(name, directory),
    outcome,
    milliseconds: Math.round(performance.now() - begun),
    ...(found !== undefined && { found }),
    problems: problems.map((problem) => problemOf(problem)),
  });
  try {
    const { value, found, problems = [] } = await ask();
    return { step: ended(problems.length > 0 ? "problem" : "fine", problems, found), value };
  } catch (error) {
    if (!isExportError(error)) throw error;
    if (error.code !== "timed-out")
      return { step: ended(isOutOfSight(error) ? "unreachable" : "problem", [error as ExportError]), value: undefined };
    const { step, subject, reason } = error as ExportError;
    const hung = new ExportError("timed-out", { step, subject, reason, remedy: hostSteps[name].whenHung }, { cause: error });
    return { step: ended("hung", [hung]), value: undefined };
  }
}

/** Something that is known to be wrong counts more than what nobody could see. */
function reportOf(host: string, steps: readonly HostStep[], facts: Omit<FoundHost, "ok" | "host" | "problems">): HostReport {
  const has = (...outcomes: HostStep["outcome"][]) => steps.some(({ outcome }) => outcomes.includes(outcome));
  const result = has("problem") ? "problems" : has("unreachable", "hung") ? "unknown" : "healthy";
  const { directories, ...others } = facts;
  return { format: "hyperv-export/doctor", version: 1, host, result, steps: [...steps], ...others, directories: [...directories] };
}
