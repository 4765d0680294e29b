import { hasId } from "../../../domain/hyperv/same-id";
import { POINT_RECORD, parsePointRecord } from "../../../domain/reference-point/point-record";
import type { PointJob } from "../../../host/port";
import type { Operation } from "../../session/operation";

/**
 * Tells jobs and points of a machine that are another's: the records on the host name them, or this process has started them by other calls.
 * Records that lie elsewhere, as those of chains, are not looked at.
 *
 * @returns whether a job, or a point, is somebody's already
 */
export async function claimedPoints(
  operation: Operation,
  virtualMachineId: string,
): Promise<(one: Partial<Pick<PointJob, "path" | "referencePointId">>) => boolean> {
  const step = "look for records of other reference points";
  const parent = await operation.ask(step, operation.surroundings.hostName, () => operation.host.recordsDirectory());
  const survey = { parent, marker: POINT_RECORD, containing: virtualMachineId, texts: [POINT_RECORD] };
  const found = await operation.ask(step, parent, () => operation.host.surveyDirectory(survey));
  const entries = found.flatMap(({ report }) => {
    const parsed = parsePointRecord((report.kind === "directory" && report.texts[POINT_RECORD]) || "");
    return parsed.ok ? parsed.value.entries : [];
  });
  const jobs = new Set(entries.flatMap(({ attempt }) => attempt?.jobPath ?? []));
  const points = entries.flatMap(({ referencePointId }) => referencePointId ?? []);
  return ({ path = "", referencePointId = "" }) =>
    jobs.has(path) || hasId(points, referencePointId) || operation.host.startedPointJobs.has(path);
}
