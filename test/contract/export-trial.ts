import type {
  Answer,
  ExportJob,
  ExportRequest,
  ExportStart,
  PointDestruction,
  PointJob,
  PointRequest,
  PointStart,
} from "../../provider/host/port";
import { value } from "./answers";
import { FileTrial, pause } from "./file-trial";
import type { ContractStage } from "./stage";

/** A whole adapter on its stage. */
export class ExportTrial extends FileTrial<ContractStage> {
  async machine() {
    const [answer] = await this.host.findVirtualMachines([this.stage.machine]);
    const [machine] = value(answer);
    if (!machine) throw new Error(`no machine ${this.stage.machine}`);
    return machine;
  }

  /** Ids of the machine's two oldest points. */
  async points(): Promise<[older: string, newer: string]> {
    const [answer] = await this.host.listReferencePoints([(await this.machine()).id]);
    const [older, newer] = value(answer);
    return [older?.id ?? "", newer?.id ?? ""];
  }

  /** A full export of the machine's oldest point. */
  async request(exportDirectory: string): Promise<ExportRequest> {
    const [referencePointId] = await this.points();
    return { virtualMachineId: (await this.machine()).id, referencePointId, disksToExport: [], exportDirectory };
  }

  /** Ids of the points that the machine has now. */
  async pointIds(): Promise<string[]> {
    const [answer] = await this.host.listReferencePoints([(await this.machine()).id]);
    return value(answer).map((point) => point.id);
  }

  /** Makes a point of the machine; its id. */
  async madePoint(consistency: PointRequest["consistency"] = "application"): Promise<string> {
    const before = await this.pointIds();
    const [answer] = await this.host.createReferencePoints([{ virtualMachineId: (await this.machine()).id, consistency }]);
    await this.pointWorkOver(answer);
    const made = (await this.pointIds()).filter((id) => !before.includes(id));
    if (made.length !== 1) throw new Error(`${made.length} points were made`);
    return made[0] ?? "";
  }

  /** Waits until a point is made or destroyed; undefined where no job tells of it. */
  async pointWorkOver(answer: Answer<PointStart | PointDestruction> | undefined): Promise<PointJob | undefined> {
    const start = value(answer);
    return start.kind === "job" ? this.watchedPointJob(start.path) : undefined;
  }

  async watchedPointJob(job: string): Promise<PointJob | undefined> {
    for (;;) {
      const { pointJobs } = await this.host.poll({ jobs: [], pointJobs: [job], tasks: [] });
      const found = value(pointJobs[0]);
      if (!found || ![2, 3, 4].includes(found.jobState)) return found;
      await pause(20);
    }
  }

  async start(exportDirectory: string): Promise<Answer<ExportStart> | undefined> {
    const [answer] = await this.host.exportReferencePoints([await this.request(exportDirectory)]);
    return answer;
  }

  /** Waits until a started export is over; undefined where no job tells of it. */
  async over(answer: Answer<ExportStart> | undefined): Promise<ExportJob | undefined> {
    const start = value(answer);
    return start.kind === "job" ? this.watched(start.path) : undefined;
  }

  async watched(job: string): Promise<ExportJob | undefined> {
    for (;;) {
      const { jobs } = await this.host.poll({ jobs: [job], tasks: [] });
      const found = value(jobs[0]);
      if (!found || ![2, 3, 4].includes(found.jobState)) return found;
      await pause(20);
    }
  }
}

export function jobOf(answer: Answer<ExportStart> | undefined): string {
  const start = value(answer);
  if (start.kind !== "job") throw new Error("it completed at once");
  return start.path;
}
