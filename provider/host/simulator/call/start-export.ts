import { randomUUID } from "node:crypto";
import { jobOutcome } from "../../../domain/hyperv/job-state";
import { COMPLETED, JOB_STARTED } from "../../../domain/hyperv/return-codes";
import { failure, success } from "../../answer";
import { whyChanged } from "../../local-files/preconditions";
import { type Answer, type ExportRequest, type ExportStart, HostError } from "../../port";
import type { ActiveFault } from "../faults/fault-file";
import { type FaultSubject, takeFault } from "../faults/fault-matching";
import type { FaultOf } from "../faults/fault-table";
import { withDueDone } from "../jobs/due-work";
import { runningCheckpointJob, runningExport, runningPointJob } from "../jobs/running-work";
import type { Lab } from "../lab/lab";
import type { LabState } from "../state/lab-state";
import { jobAt } from "../state/look-ups";
import { jobPath, pointId } from "../state/wmi-names";
import type { JobRecord } from "../state/wmi-records";
import { withCall } from "./call-log";
import { type ExportTarget, lookAtTarget } from "./export-target";
import { fatefulFaults, fateOf } from "./job-fate";
import { newJob } from "./new-job";
import { exportError, type Refusal, refusal, returnCodeOf } from "./refusal";
import { type RequestedExport, resolveRequest } from "./resolve-request";

/** Until the end of any export: a synchronous one ends with its files. */
const TO_THE_END = 24 * 3_600_000;

/** One call of a method that writes an export. */
export interface ExportCall {
  readonly verb: "exportReferencePoints" | "exportCheckpoints";
  readonly subject: FaultSubject;
  readonly exportDirectory: string;
  readonly onlyIf: ExportRequest["onlyIf"];
  /** The method, of what, and where to. */
  readonly what: string;
  /** The checks that the method makes of its parameters. */
  readonly resolve: (state: LabState) => RequestedExport | Refusal;
  readonly logged: (state: LabState, returnCode: number) => LabState;
}

/** ExportReferencePoint of each request, once, in order. */
export function startExports(lab: Lab, requests: readonly ExportRequest[]): Promise<Answer<ExportStart>[]> {
  return callExportMethods(
    lab,
    requests.map((request) => ({
      verb: "exportReferencePoints",
      subject: faultSubject(request),
      exportDirectory: request.exportDirectory,
      onlyIf: request.onlyIf,
      what: `ExportReferencePoint of ${pointId(request.referencePointId)} of machine ${request.virtualMachineId} to ${request.exportDirectory}`,
      resolve: (state) => resolveRequest(state, request),
      logged: (state, returnCode) => withCall(state, request, returnCode),
    })),
  );
}

/** Each once, in order; all of them are published in one generation of the lab. */
export async function callExportMethods(lab: Lab, calls: readonly ExportCall[]): Promise<Answer<ExportStart>[]> {
  const active = lab.faults.read();
  const before = await lab.store.read();
  const targets = calls.map(({ exportDirectory, resolve }) =>
    lookAtTarget(lab, before, exportDirectory, resolve(before), randomUUID().toUpperCase()),
  );
  const outcomes = await lab.store.change((state) => {
    const results: (JobRecord | Refusal | HostError)[] = [];
    let next = withDueDone(state);
    calls.forEach((call, index) => {
      const changed = whyChanged(call.onlyIf);
      if (changed) {
        results.push(changed);
        return;
      }
      const called = callMethod(lab, next, active, call, targets[index] as ExportTarget | Refusal);
      next = called.state;
      results.push(called.outcome);
    });
    return { state: next, result: results };
  });
  return Promise.all(outcomes.map((outcome, index) => answer(lab, calls[index] as ExportCall, outcome)));
}

function callMethod(
  lab: Lab,
  state: LabState,
  active: readonly ActiveFault[],
  { verb, subject, exportDirectory, resolve, logged }: ExportCall,
  target: ExportTarget | Refusal,
): { state: LabState; outcome: JobRecord | Refusal } {
  const occasion = { method: verb, items: [subject] };
  const refusing = takeFault(state, active, ["returnCode", "accessDenied", "volumeMissing"], occasion);
  const refuse = (outcome: Refusal) => ({ state: logged(refusing.state, outcome.code), outcome });
  if (refusing.fault) return refuse(refusalBy(refusing.fault));
  const requested = resolve(refusing.state);
  if ("code" in requested) return refuse(requested);
  if ("code" in target) return refuse(target);
  const machineId = requested.machine.Name;
  const busy = runningExport(state, machineId);
  if (busy) return refuse(refusal("invalidState", `an export of this machine to ${busy.ExportDirectory} is running`));
  if (runningPointJob(state, machineId))
    return refuse(refusal("invalidState", "a reference point of this machine is being made or destroyed"));
  if (runningCheckpointJob(state, machineId)) return refuse(refusal("invalidState", "a checkpoint of this machine is being worked on"));
  const shared = state.jobs.some((job) => job.end === undefined && job.directoryIdentity === target.identity);
  if (shared) return refuse(refusal("inUse", "an export of another machine to the same directory is running"));

  const fated = takeFault(refusing.state, active, fatefulFaults, occasion);
  const synchronous = state.settings.completion === "synchronous";
  const job = newJob(lab, state, exportDirectory, requested, target, fated.fault && fateOf(fated.fault, synchronous));
  return {
    state: logged({ ...fated.state, jobs: [...fated.state.jobs, job] }, synchronous ? COMPLETED : JOB_STARTED),
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

async function answer(
  lab: Lab,
  { what, exportDirectory }: ExportCall,
  outcome: JobRecord | Refusal | HostError,
): Promise<Answer<ExportStart>> {
  if (outcome instanceof HostError) return failure(outcome);
  if ("code" in outcome) return failure(exportError(what, exportDirectory, outcome));
  if (!outcome.hidden) return success({ kind: "job", path: jobPath(outcome) });
  await lab.settlement.settle(TO_THE_END, (job) => job.InstanceID === outcome.InstanceID);
  const end = jobAt(await lab.store.read(), jobPath(outcome))?.end;
  if (end === undefined || jobOutcome(end.JobState) === "succeeded") return success({ kind: "completed" });
  const why = end.ErrorDescription || "the export was broken off";
  return failure(exportError(what, exportDirectory, { code: end.ErrorCode || returnCodeOf("failed"), why }));
}

export function faultSubject(request: ExportRequest): FaultSubject {
  return { virtualMachineId: request.virtualMachineId, referencePointId: request.referencePointId, path: request.exportDirectory };
}
