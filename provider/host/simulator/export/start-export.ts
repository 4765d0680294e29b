import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { COMPLETED, describeReturnCode, JOB_STARTED, returnCodes } from "../../../domain/hyperv/return-codes";
import { hostErrorFrom } from "../../local-files/file-errors";
import { withinDirectory } from "../../local-files/relative-path";
import { type Answer, type ExportRequest, type ExportStart, HostError } from "../../port";
import type { ActiveFault } from "../faults/fault-file";
import { type FaultSubject, takeFault } from "../faults/fault-matching";
import type { Lab } from "../state/lab";
import type { LabState } from "../state/lab-state";
import { findPoint, jobAt, machineById } from "../state/look-ups";
import { type JobFate, type JobRecord, jobPath, type MachineRecord, type PointRecord, pointId } from "../wmi-names";
import { withCall } from "./call-log";
import { exportPlan } from "./export-plan";
import { directoryIdentity } from "./export-writer";

interface Refusal {
  readonly code: number;
  readonly why: string;
}

/** Where the export goes, looked at before the method's checks: they run in one step and must not touch files. */
type Target = { readonly jobId: string; readonly identity: string } | Refusal;

/** ExportReferencePoint of each request, once, in order; all of them are published in one generation of the lab. */
export async function startExports(lab: Lab, requests: readonly ExportRequest[]): Promise<Answer<ExportStart>[]> {
  const active = lab.faults.read();
  const before = await lab.store.read();
  const targets = requests.map((request) => lookAtTarget(lab, before, request, randomUUID().toUpperCase()));
  const outcomes = await lab.store.change((state) => {
    const results: (JobRecord | Refusal)[] = [];
    let next = state;
    requests.forEach((request, index) => {
      const called = callMethod(lab, next, active, request, targets[index] as Target);
      next = called.state;
      results.push(called.outcome);
    });
    return { state: next, result: results };
  });
  return Promise.all(outcomes.map((outcome, index) => answer(lab, requests[index] as ExportRequest, outcome)));
}

function lookAtTarget(lab: Lab, state: LabState, request: ExportRequest, jobId: string): Target {
  const directory = request.exportDirectory;
  try {
    if (!path.isAbsolute(directory)) return { code: 32773, why: "the export directory is not an absolute path" };
    const found = fs.statSync(directory, { throwIfNoEntry: false });
    if (!found?.isDirectory()) return { code: 32773, why: "the export directory does not exist" };
    const identity = directoryIdentity(directory);
    const subject = resolve(state, request);
    if (!("code" in subject)) {
      const files = exportPlan(lab.directory, subject.machine, { ...subject, ...manner(state), InstanceID: jobId });
      const taken = files.find((file) => fs.lstatSync(withinDirectory(directory, file.path), { throwIfNoEntry: false }));
      // No source says whether the real method overwrites; Export-VM does not.
      if (taken) return { code: 32768, why: `the file ${taken.path} is in the export directory already` };
    }
    return { jobId, identity };
  } catch (error) {
    const cause = hostErrorFrom(error, "look at the export directory", directory);
    return { code: returnCodes.find((row) => row.kind === cause.kind)?.code ?? 32768, why: cause.message };
  }
}

interface Subject {
  readonly machine: MachineRecord;
  readonly point: PointRecord;
  readonly baseSequence?: number;
  readonly BaseReferencePointId?: string;
  readonly ExportedDisks: string[];
}

function resolve(state: LabState, request: ExportRequest): Subject | Refusal {
  const invalid = (why: string): Refusal => ({ code: 32773, why });
  const machine = machineById(state, request.virtualMachineId);
  if (!machine) return invalid("there is no such virtual machine");
  const point = findPoint(state, request.referencePointId);
  if (point?.VirtualSystemIdentifier !== machine.Name) return invalid("the reference point is not one of this machine");
  const present = new Set(machine.disks.map((disk) => disk.InstanceID.toLowerCase()));
  const ids = new Map(point.VirtualDiskIdentifiers.map((id) => [id.toLowerCase(), id]));
  const disks: string[] = [];
  for (const asked of request.disksToExport) {
    const id = ids.get(asked.toLowerCase());
    if (id === undefined) return invalid(`the reference point has no disk ${asked}`);
    if (!present.has(id.toLowerCase())) return invalid(`the machine no longer has the disk ${asked}`);
    if (!disks.includes(id)) disks.push(id);
  }
  // Whether a real host refuses a point whose disk is gone is not known; one that goes on without it is the worse one to meet.
  const covered = point.VirtualDiskIdentifiers.filter((id) => present.has(id.toLowerCase()));
  if (covered.length < point.VirtualDiskIdentifiers.length && covered.length === 0)
    return invalid("the machine has none of the reference point's disks any more");
  const subject = { machine, point, ExportedDisks: disks.length > 0 ? disks : covered };
  if (request.baseReferencePointId === undefined) return subject;
  const base = findPoint(state, request.baseReferencePointId);
  if (base?.VirtualSystemIdentifier !== machine.Name) return invalid("the base reference point is not one of this machine");
  if (base.ReferencePointType !== point.ReferencePointType) return invalid("the base reference point is of another type than the point");
  if (base.sequence >= point.sequence) return invalid("the base reference point is not older than the point");
  return { ...subject, baseSequence: base.sequence, BaseReferencePointId: base.InstanceID };
}

function callMethod(
  lab: Lab,
  state: LabState,
  active: readonly ActiveFault[],
  request: ExportRequest,
  target: Target,
): { state: LabState; outcome: JobRecord | Refusal } {
  const occasion = { method: "exportReferencePoints" as const, items: [faultSubject(request)] };
  const refusing = takeFault(state, active, ["returnCode", "accessDenied", "volumeMissing"], occasion);
  const refuse = (from: LabState, refusal: Refusal) => ({ state: withCall(from, request, refusal.code), outcome: refusal });
  if (refusing.fault) {
    const refusal = {
      returnCode: (code: number): Refusal => ({ code, why: "the simulator was told to answer so" }),
      accessDenied: (): Refusal => ({ code: 32769, why: "access to the export directory is denied (simulated)" }),
      volumeMissing: (): Refusal => ({ code: 32773, why: "the volume of the export directory is not there (simulated)" }),
    };
    const { fault } = refusing;
    return refuse(refusing.state, fault.fault === "returnCode" ? refusal.returnCode(fault.code) : refusal[fault.fault]());
  }
  const subject = resolve(refusing.state, request);
  if ("code" in subject) return refuse(refusing.state, subject);
  if ("code" in target) return refuse(refusing.state, target);
  const { machine } = subject;
  const busy = state.jobs.find((job) => job.end === undefined && job.VirtualMachineId === machine.Name);
  if (busy) return refuse(refusing.state, { code: 32775, why: `an export of this machine to ${busy.ExportDirectory} is running` });
  const shared = state.jobs.find((job) => job.end === undefined && job.directoryIdentity === target.identity);
  if (shared) return refuse(refusing.state, { code: 32774, why: "an export of another machine to the same directory is running" });

  const fated = takeFault(
    refusing.state,
    active,
    ["jobFails", "jobStalls", "jobVanishes", "jobCompletesWithWarnings", "jobTerminated", "diskFull"],
    occasion,
  );
  const { settings } = state;
  const naming = manner(state);
  const synchronous = naming.hidden;
  const now = Date.now();
  const job: JobRecord = {
    InstanceID: target.jobId,
    ExportDirectory: request.exportDirectory,
    VirtualMachineId: machine.Name,
    ReferencePointId: subject.point.InstanceID,
    ...(subject.BaseReferencePointId === undefined ? {} : { BaseReferencePointId: subject.BaseReferencePointId }),
    ExportedDisks: subject.ExportedDisks,
    TimeSubmitted: now,
    StartTime: now,
    point: subject.point,
    ...(subject.baseSequence === undefined ? {} : { baseSequence: subject.baseSequence }),
    totalBytes: exportPlan(lab.directory, machine, { ...subject, ...naming, InstanceID: target.jobId }).reduce(
      (sum, file) => sum + file.bytes,
      0,
    ),
    clock: {
      since: synchronous ? now : now + settings.jobStartDelay,
      bytes: 0,
      bytesPerSecond: synchronous ? null : settings.bytesPerSecond,
    },
    ...(fated.fault ? { fate: fateOf(fated.fault, synchronous) } : {}),
    directoryIdentity: target.identity,
    ...naming,
  };
  return {
    state: withCall({ ...fated.state, jobs: [...fated.state.jobs, job] }, request, synchronous ? COMPLETED : JOB_STARTED),
    outcome: job,
  };
}

/** What the lab's settings fix for a job at its start. */
function manner({ settings }: LabState): Pick<JobRecord, "exportNames" | "namesFiles" | "hidden"> {
  return {
    exportNames: settings.exportNames,
    namesFiles: settings.jobNames === "files",
    hidden: settings.completion === "synchronous",
  };
}

type FateFault = Exclude<
  ReturnType<
    typeof takeFault<"jobFails" | "jobStalls" | "jobVanishes" | "jobCompletesWithWarnings" | "jobTerminated" | "diskFull">
  >["fault"],
  undefined
>;

function fateOf(fault: FateFault, synchronous: boolean): JobFate {
  switch (fault.fault) {
    case "jobFails":
      return { kind: "fails", atPercent: fault.atPercent, errorCode: fault.errorCode, errorDescription: fault.errorDescription };
    case "diskFull":
      return {
        kind: "fails",
        atPercent: fault.atPercent,
        errorCode: 32768,
        errorDescription: "There is not enough space on the disk (0x80070070).",
      };
    case "jobCompletesWithWarnings":
      return { kind: "warns", warning: fault.warning };
    case "jobStalls":
      // A method that never returns helps nobody: it gives up as a real one does.
      if (synchronous)
        return { kind: "fails", atPercent: fault.atPercent, errorCode: 32772, errorDescription: "The export stalled (simulated)." };
      return { kind: "stalls", atPercent: fault.atPercent };
    case "jobVanishes":
      return { kind: "vanishes", atPercent: fault.atPercent };
    case "jobTerminated":
      return { kind: "terminated", atPercent: fault.atPercent };
  }
}

async function answer(lab: Lab, request: ExportRequest, outcome: JobRecord | Refusal): Promise<Answer<ExportStart>> {
  if ("code" in outcome) return { ok: false, error: methodError(request, outcome) };
  if (!outcome.hidden) return { ok: true, value: { kind: "job", path: jobPath(outcome) } };
  await lab.settlement.settle(24 * 3_600_000, (job) => job.InstanceID === outcome.InstanceID);
  const end = jobAt(await lab.store.read(), jobPath(outcome))?.end;
  const fine = end === undefined || end.JobState === 7 || end.JobState === 32768;
  if (fine) return { ok: true, value: { kind: "completed" } };
  return {
    ok: false,
    error: methodError(request, { code: end.ErrorCode || 32768, why: end.ErrorDescription || "the export was broken off" }),
  };
}

function methodError(request: ExportRequest, refusal: Refusal): HostError {
  const kind = returnCodes.find((row) => row.code === refusal.code)?.kind ?? "failed";
  const what = `ExportReferencePoint of ${pointId(request.referencePointId)} of machine ${request.virtualMachineId} to ${request.exportDirectory}`;
  return new HostError(kind, `${what} returned ${describeReturnCode(refusal.code)}: ${refusal.why.replace(/\.$/, "")}.`, {
    returnCode: refusal.code,
    path: request.exportDirectory,
  });
}

export function faultSubject(request: ExportRequest): FaultSubject {
  return { virtualMachineId: request.virtualMachineId, referencePointId: request.referencePointId, path: request.exportDirectory };
}
