import { jobOutcome } from "../../../domain/hyperv/job-state";
import { success } from "../../answer";
import type { Answer, DestroyRequest, JobPath, ListedPointJobs, PointDestruction, PointJob, PointRequest, PointStart } from "../../port";
import type { FaultSubject } from "../faults/fault-matching";
import { settleDueWork } from "../jobs/due-work";
import { isListed } from "../jobs/job-clock";
import { stateNow } from "../jobs/work-clock";
import type { Lab } from "../lab/lab";
import type { LabState } from "../state/lab-state";
import { findPoint, machineById } from "../state/look-ups";
import { type PointJobRecord, pointJobTypes } from "../state/point-records";
import { pointJobPath } from "../state/wmi-names";
import { createPoints } from "./create-points";
import { destroyPoints } from "./destroy-points";
import { seenOn } from "./hindrances";
import { withPointTermination } from "./point-requests";

/** The verbs of the Host port that make and destroy points, over a lab. */
export class PointJobs {
  constructor(private readonly lab: Lab) {}

  async create(requests: readonly PointRequest[]): Promise<Answer<PointStart>[]> {
    // An export that is over by the clock must not refuse.
    await this.lab.settlement.settle();
    return createPoints(this.lab, requests);
  }

  async destroy(points: readonly DestroyRequest[]): Promise<Answer<PointDestruction>[]> {
    await this.lab.settlement.settle();
    return destroyPoints(this.lab, points);
  }

  async find(virtualMachineIds: readonly string[]): Promise<Answer<ListedPointJobs>[]> {
    const hostTime = new Date().toISOString();
    const state = await settleDueWork(this.lab);
    const jobs = listedPointJobs(state)
      .filter(({ work }) => work === "create")
      .reverse();
    return virtualMachineIds.map((id) => {
      const wanted = id.toUpperCase();
      return success({ hostTime, jobs: jobs.filter((job) => job.virtualMachineId === wanted) });
    });
  }

  async look(paths: readonly JobPath[]): Promise<Answer<PointJob | undefined>[]> {
    const state = paths.length > 0 ? await settleDueWork(this.lab) : undefined;
    const jobs = state ? listedPointJobs(state) : [];
    return paths.map((path) => success(jobs.find((job) => job.path === path)));
  }

  async terminate(paths: readonly JobPath[]): Promise<void> {
    const meant = (state: LabState) => state.pointJobs.filter((job) => job.end === undefined && paths.includes(pointJobPath(job)));
    if (meant(await settleDueWork(this.lab)).length === 0) return;
    await this.lab.store.change((state) => ({
      state: meant(state).reduce((next, job) => withPointTermination(next, job), state),
      result: undefined,
    }));
  }

  /** What faults see of jobs. */
  subjects(paths: readonly JobPath[]): FaultSubject[] {
    const state = this.lab.faults.read().length > 0 ? this.lab.store.peek() : undefined;
    const jobs = state?.pointJobs.filter((job) => paths.includes(pointJobPath(job))) ?? [];
    return jobs.map((job) => ({ virtualMachineId: job.virtualMachineId, referencePointId: job.point.InstanceID }));
  }
}

/** Jobs about points as the host shows them now, oldest first. */
export function listedPointJobs(state: LabState): PointJob[] {
  return state.pointJobs.map((job) => listedPointJob(state, job)).filter((job) => job !== undefined);
}

/** The job as the host would show it, or undefined when it is not listed (any more). */
export function listedPointJob(state: LabState, job: PointJobRecord): PointJob | undefined {
  if (!isListed(job, state.settings.finishedJobLifetime)) return undefined;
  const { end, point } = job;
  const isCreate = job.JobType === pointJobTypes.create;
  const failed = end !== undefined && jobOutcome(end.JobState) === "failed";
  const machine = machineById(state, job.virtualMachineId);
  const refusal = isCreate && failed && machine ? seenOn(machine) : undefined;
  return {
    path: pointJobPath(job),
    work: isCreate ? "create" : "destroy",
    ...stateNow(job),
    errorCode: end?.ErrorCode ?? 0,
    ...(end?.ErrorDescription && { errorDescription: end.ErrorDescription }),
    startedAt: new Date(job.StartTime).toISOString(),
    virtualMachineId: job.virtualMachineId,
    ...(findPoint(state, point.InstanceID) && { referencePointId: point.InstanceID }),
    ...(refusal && { refusal }),
  };
}
