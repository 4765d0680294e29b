import { expect, it } from "vitest";
import { kind, value } from "./answers";
import type { CheckpointTrial } from "./checkpoint-trial";

export function checkpointJobs(trial: () => CheckpointTrial): void {
  const create = async () => {
    const { id: virtualMachineId } = await trial().machine();
    const [answer] = await trial().host.createCheckpoints([{ virtualMachineId, consistency: "crash", ignoreUnsupportedDisks: false }]);
    return pathOf(answer);
  };

  it("name the machine, and what they have made while it is there", async () => {
    const { id: virtualMachineId } = await trial().machine();
    const created = await trial().watchedCheckpointJob(await create());
    const [checkpoint] = (await trial().checkpointsOf(virtualMachineId)).checkpoints;
    expect(created).toMatchObject({
      work: "create",
      jobState: 7,
      percentComplete: 100,
      errorCode: 0,
      virtualMachineId,
      checkpointId: checkpoint?.id,
    });
    const key = { virtualMachineId, checkpointId: checkpoint?.id ?? "" };
    const { directory } = await trial().place();
    const [exporting] = await trial().host.exportCheckpoints([{ ...key, intent: "merge", exportDirectory: directory }]);
    const exported = await trial().watchedCheckpointJob(pathOf(exporting));
    expect(exported).toMatchObject({ work: "export", jobState: 7, virtualMachineId, checkpointId: key.checkpointId });
    const points = await trial().pointIds();
    const [converting] = await trial().host.convertCheckpoints([key]);
    const converted = await trial().watchedCheckpointJob(pathOf(converting));
    const [point] = (await trial().pointIds()).filter((one) => !points.includes(one));
    expect(converted).toMatchObject({ work: "convert", jobState: 7, virtualMachineId, referencePointId: point });
    expect(converted).not.toHaveProperty("checkpointId");
    await trial().merged(virtualMachineId);
    const works = (await trial().checkpointJobsOf(virtualMachineId)).map(({ work }) => work);
    // A merge begins in the moment in which a conversion ends.
    expect([...works.slice(0, 2)].sort()).toEqual(["convert", "merge"]);
    expect(works.slice(2, 4)).toEqual(["export", "create"]);
    expect(kind((await trial().host.findExportJobs([directory]))[0])).toBe("ok");
    expect(value((await trial().host.findExportJobs([directory]))[0])).toEqual([]);
  });

  it("are found by their machine while they run and after their end, the newest first, in another session too", async () => {
    const { id } = await trial().machine();
    const [other] = value((await trial().host.findVirtualMachines([trial().stage.disklessMachine]))[0]);
    const path = await create();
    const another = trial().stage.another();
    const newest = async () => {
      const [mine, others, unknown] = await another.findCheckpointJobs([
        id.toLowerCase(),
        other?.id ?? "",
        "00000000-0000-0000-0000-000000000000",
      ]);
      expect([value(others).jobs, value(unknown).jobs]).toEqual([[], []]);
      return value(mine).jobs[0];
    };
    expect((await newest())?.path).toBe(path);
    const ended = await trial().watchedCheckpointJob(path);
    expect(await newest()).toEqual(ended);
    await trial().removed(id, ended?.checkpointId ?? "");
  });

  it("are listed with the clock that their start goes by", async () => {
    const { id } = await trial().machine();
    const now = async () => Date.parse(value((await trial().host.findCheckpointJobs([id]))[0]).hostTime);
    const before = await now();
    const job = await trial().watchedCheckpointJob(await create());
    const started = Date.parse(job?.startedAt ?? "");
    expect(started).toBeGreaterThanOrEqual(before);
    expect(await now()).toBeGreaterThanOrEqual(started);
    await trial().removed(id, job?.checkpointId ?? "");
  });

  it("keep the machine to themselves: a second one is refused while one runs, a point and an export", async () => {
    const { id } = await trial().machine();
    const request = { virtualMachineId: id, consistency: "crash", ignoreUnsupportedDisks: false } as const;
    const { directory } = await trial().place();
    const answers = await trial().host.createCheckpoints([request, request]);
    const [point] = await trial().host.createReferencePoints([{ virtualMachineId: id, consistency: "crash" }]);
    const [exported] = await trial().host.exportReferencePoints([await trial().request(directory)]);
    expect([...answers, point, exported].map(kind)).toEqual(["ok", "invalidState", "invalidState", "invalidState"]);
    const made = await trial().checkpointWorkOver(answers[0]);
    const key = { virtualMachineId: id, checkpointId: made?.checkpointId ?? "" };
    const [exporting] = await trial().host.exportCheckpoints([{ ...key, intent: "merge", exportDirectory: directory }]);
    const during = [...(await trial().host.convertCheckpoints([key])), ...(await trial().host.removeCheckpoints([key]))];
    expect(during.map(kind)).toEqual(["invalidState", "invalidState"]);
    await trial().watchedCheckpointJob(pathOf(exporting));
    await trial().removed(id, key.checkpointId);
  });

  it("are terminated, twice as well, and leave what was there", async () => {
    const { id } = await trial().machine();
    const job = await create();
    expect((await trial().host.terminateJobs([job, job])).every((one) => one.ok)).toBe(true);
    expect((await trial().watchedCheckpointJob(job))?.jobState).toBe(8);
    expect((await trial().checkpointsOf(id)).checkpoints).toEqual([]);
    const { id: checkpointId } = await trial().madeCheckpoint(id);
    const { directory } = await trial().place();
    const [answer] = await trial().host.exportCheckpoints([
      { virtualMachineId: id, checkpointId, intent: "merge", exportDirectory: directory },
    ]);
    const exporting = pathOf(answer);
    await trial().host.terminateJobs([exporting]);
    expect((await trial().watchedCheckpointJob(exporting))?.jobState).toBe(8);
    expect((await trial().checkpointsOf(id)).checkpoints.map((one) => one.id)).toEqual([checkpointId]);
    await trial().removed(id, checkpointId);
  });

  it("are undefined where they are not listed", async () => {
    const { checkpointJobs } = await trial().host.poll({ jobs: [], checkpointJobs: ["no such job"], tasks: [] });
    expect(checkpointJobs).toEqual([{ ok: true, value: undefined }]);
  });
}

function pathOf(answer: Parameters<typeof value<{ readonly kind: string; readonly path?: string }>>[0]): string {
  const start = value(answer);
  if (start.path === undefined) throw new Error(start.kind);
  return start.path;
}
