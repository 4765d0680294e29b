import { randomUUID } from "node:crypto";
import { jobOutcome } from "../../../domain/hyperv/job-state";
import { COMPLETED, JOB_STARTED } from "../../../domain/hyperv/return-codes";
import { failure, success } from "../../answer";
import { requireUnchanged } from "../../local-files/preconditions";
import { type Answer, type ExportRequest, type ExportStart, HostError } from "../../port";
import type { ActiveFault } from "../faults/fault-file";
import { type FaultSubject, takeFault } from "../faults/fault-matching";
import type { FaultOf } from "../faults/fault-table";
import type { Lab } from "../lab/lab";
import { runningPointJob } from "../points/point-clock";
import type { LabState } from "../state/lab-state";
import { jobAt } from "../state/look-ups";
import { jobPath } from "../state/wmi-names";
import type { JobRecord } from "../state/wmi-records";
import { withCall } from "./call-log";
import { type ExportTarget, lookAtTarget } from "./export-target";
import { fatefulFaults, fateOf } from "./job-fate";
import { newJob } from "./new-job";
import { methodError, type Refusal, refusal, returnCodeOf } from "./refusal";
import { resolveRequest } from "./resolve-request";

/** Until the end of any export: a synchronous one ends with its files. */
const TO_THE_END = 24 * 3_600_000;

/** ExportReferencePoint of each request, once, in order; all of them are published in one generation of the lab. */
export async function startExports(lab: Lab, requests: readonly ExportRequest[]): Promise<Answer<ExportStart>[]> {
  const active = lab.faults.read();
  const before = await lab.store.read();
  const targets = requests.map((request) => lookAtTarget(lab, before, request, randomUUID().toUpperCase()));
  const outcomes = await lab.store.change((state) => {
    const results: (JobRecord | Refusal | HostError)[] = [];
    let next = state;
    requests.forEach((request, index) => {
      const changed = whyNotCalled(request);
      if (changed) {
        results.push(changed);
        return;
      }
      const called = callMethod(lab, next, active, request, targets[index] as ExportTarget | Refusal);
      next = called.state;
      results.push(called.outcome);
    });
    return { state: next, result: results };
  });
  return Promise.all(outcomes.map((outcome, index) => answer(lab, requests[index] as ExportRequest, outcome)));
}

function whyNotCalled({ onlyIf }: ExportRequest): HostError | undefined {
  try {
    requireUnchanged(onlyIf);
    return undefined;
  } catch (error) {
    if (error instanceof HostError) return error;
    throw error;
  }
}

function callMethod(
  lab: Lab,
  state: LabState,
  active: readonly ActiveFault[],
  request: ExportRequest,
  target: ExportTarget | Refusal,
): { state: LabState; outcome: JobRecord | Refusal } {
  const occasion = { method: "exportReferencePoints" as const, items: [faultSubject(request)] };
  const refusing = takeFault(state, active, ["returnCode", "accessDenied", "volumeMissing"], occasion);
  const refuse = (outcome: Refusal) => ({ state: withCall(refusing.state, request, outcome.code), outcome });
  if (refusing.fault) return refuse(refusalBy(refusing.fault));
  const requested = resolveRequest(refusing.state, request);
  if ("code" in requested) return refuse(requested);
  if ("code" in target) return refuse(target);
  const running = state.jobs.filter((job) => job.end === undefined);
  const busy = running.find((job) => job.VirtualMachineId === requested.machine.Name);
  if (busy) return refuse(refusal("invalidState", `an export of this machine to ${busy.ExportDirectory} is running`));
  const working = runningPointJob(state, requested.machine.Name);
  if (working) return refuse(refusal("invalidState", "a reference point of this machine is being made or destroyed"));
  const shared = running.some((job) => job.directoryIdentity === target.identity);
  if (shared) return refuse(refusal("inUse", "an export of another machine to the same directory is running"));

  const fated = takeFault(refusing.state, active, fatefulFaults, occasion);
  const synchronous = state.settings.completion === "synchronous";
  const job = newJob(lab, state, request, requested, target, fated.fault && fateOf(fated.fault, synchronous));
  return {
    state: withCall({ ...fated.state, jobs: [...fated.state.jobs, job] }, request, synchronous ? COMPLETED : JOB_STARTED),
    outcome: job,
  };
}

function refusalBy(fault: FaultOf<"returnCode" | "accessDenied" | "volumeMissing">): Refusal {
  switch (fault.fault) {
    case "returnCode":
      return { code: fault.code, why: "the simulator was told to answer so" };
    case "accessDenied":
      return refusal("accessDenied", "access to the export directory is denied (simulated)");
    case "volumeMissing":
      return refusal("invalidParameter", "the volume of the export directory is not there (simulated)");
  }
}

async function answer(lab: Lab, request: ExportRequest, outcome: JobRecord | Refusal | HostError): Promise<Answer<ExportStart>> {
  if (outcome instanceof HostError) return failure(outcome);
  if ("code" in outcome) return failure(methodError(request, outcome));
  if (!outcome.hidden) return success({ kind: "job", path: jobPath(outcome) });
  await lab.settlement.settle(TO_THE_END, (job) => job.InstanceID === outcome.InstanceID);
  const end = jobAt(await lab.store.read(), jobPath(outcome))?.end;
  if (end === undefined || jobOutcome(end.JobState) === "succeeded") return success({ kind: "completed" });
  const why = end.ErrorDescription || "the export was broken off";
  return failure(methodError(request, { code: end.ErrorCode || returnCodeOf("failed"), why }));
}

export function faultSubject(request: ExportRequest): FaultSubject {
  return { virtualMachineId: request.virtualMachineId, referencePointId: request.referencePointId, path: request.exportDirectory };
}
