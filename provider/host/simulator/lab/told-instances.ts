import * as os from "node:os";
import { success } from "../../answer";
import type { Answer, AskedInstance, ToldInstance } from "../../port";
import { jobAnswer } from "../jobs/job-answer";
import { findPoint, jobAt } from "../state/look-ups";
import { classNames, pointJobPath } from "../state/wmi-names";
import type { Lab } from "./lab";

/** What the records have of the class's own properties, which is less than a real host tells. */
export async function toldInstances(lab: Lab, instances: readonly AskedInstance[]): Promise<Answer<ToldInstance | undefined>[]> {
  const state = await lab.store.read();
  return instances.map((asked) => {
    if (asked.kind === "system") return success({ className: "Win32_OperatingSystem", properties: { Version: os.release() } });
    if (asked.kind === "point") {
      const point = findPoint(state, asked.referencePointId);
      return success(point?.VirtualSystemIdentifier === asked.virtualMachineId.toUpperCase() ? told(classNames.point, point) : undefined);
    }
    const job = jobAt(state, asked.path);
    const shown = job && jobAnswer(lab, state, job);
    if (job && shown) {
      const { jobState: JobState, percentComplete: PercentComplete, errorCode: ErrorCode } = shown;
      return success(told(classNames.job, { ...job, JobState, PercentComplete, ErrorCode, Cancellable: true }));
    }
    const pointJob = state.pointJobs.find((one) => pointJobPath(one) === asked.path);
    return success(pointJob && told(classNames.pointJob, { ...pointJob, ...pointJob.end, Cancellable: true }));
  });
}

/** PascalCase members are properties of the class. */
function told(className: string, record: object): ToldInstance {
  const isTold = ([name, value]: [string, unknown]) => /^[A-Z]/.test(name) && value !== undefined && value !== "";
  const asTold = ([name, value]: [string, unknown]) => [name, /Time/.test(name) ? new Date(value as number).toISOString() : value];
  return { className, properties: Object.fromEntries(Object.entries(record).filter(isTold).map(asTold)) };
}
