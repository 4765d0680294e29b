import { expect, it } from "vitest";
import { kind, value } from "./answers";
import type { ExportTrial } from "./export-trial";

export function pointJobs(trial: () => ExportTrial): void {
  const create = async () => {
    const [answer] = await trial().host.createReferencePoints([{ virtualMachineId: (await trial().machine()).id, consistency: "crash" }]);
    const start = value(answer);
    if (start.kind !== "job") throw new Error(start.kind);
    return start.path;
  };

  it("name the machine, and at their end the point, which is listed", async () => {
    const { id } = await trial().machine();
    const before = await trial().pointIds();
    const job = await trial().watchedPointJob(await create());
    expect(job).toMatchObject({ work: "create", jobState: 7, percentComplete: 100, errorCode: 0, virtualMachineId: id });
    expect(await trial().pointIds()).toEqual([...before, job?.referencePointId]);
  });

  it("are found by their machine while they run and after their end, the newest first, in another session too", async () => {
    const { id } = await trial().machine();
    const [other] = value((await trial().host.findVirtualMachines([trial().stage.disklessMachine]))[0]);
    const first = await trial().watchedPointJob(await create());
    const second = await create();
    const another = trial().stage.another();
    const paths = async () => {
      const [mine, others, unknown] = await another.findPointJobs([
        id.toLowerCase(),
        other?.id ?? "",
        "00000000-0000-0000-0000-000000000000",
      ]);
      expect([value(others).jobs, value(unknown).jobs]).toEqual([[], []]);
      return value(mine).jobs.map((job) => job.path);
    };
    expect((await paths()).slice(0, 2)).toEqual([second, first?.path]);
    const ended = await trial().watchedPointJob(second);
    expect((await paths()).slice(0, 2)).toEqual([second, first?.path]);
    const [found] = await another.findPointJobs([id]);
    expect(value(found).jobs[0]).toEqual(ended);
  });

  it("are listed with the clock that their start goes by", async () => {
    const { id } = await trial().machine();
    const now = async () => Date.parse(value((await trial().host.findPointJobs([id]))[0]).hostTime);
    const before = await now();
    const job = await trial().watchedPointJob(await create());
    const started = Date.parse(job?.startedAt ?? "");
    expect(started).toBeGreaterThanOrEqual(before);
    expect(await now()).toBeGreaterThanOrEqual(started);
  });

  it("that destroy a point name it while it is there, and are not among those that make points", async () => {
    const { id } = await trial().machine();
    const referencePointId = await trial().madePoint();
    const [answer] = await trial().host.destroyReferencePoints([{ virtualMachineId: id, referencePointId }]);
    const start = value(answer);
    const path = start.kind === "job" ? start.path : "";
    const { pointJobs } = await trial().host.poll({ jobs: [], pointJobs: [path], tasks: [] });
    expect(value(pointJobs[0])).toMatchObject({ work: "destroy", virtualMachineId: id, referencePointId });
    const [found] = await trial().host.findPointJobs([id]);
    expect(value(found).jobs.map((job) => job.path)).not.toContain(path);
    const ended = await trial().watchedPointJob(path);
    expect(ended).toMatchObject({ work: "destroy", jobState: 7 });
    expect(ended).not.toHaveProperty("referencePointId");
  });

  it("keep the machine to themselves: a second one is refused while one runs, and an export", async () => {
    const { id } = await trial().machine();
    const request = { virtualMachineId: id, consistency: "crash" } as const;
    const { directory } = await trial().place();
    const answers = await trial().host.createReferencePoints([request, request]);
    const [exported] = await trial().host.exportReferencePoints([await trial().request(directory)]);
    expect([...answers, exported].map(kind)).toEqual(["ok", "invalidState", "invalidState"]);
    expect(!answers[1]?.ok && answers[1]?.error.details.returnCode).toBe(32775);
    await trial().pointWorkOver(answers[0]);
    expect(await trial().files.list(directory)).toEqual([]);
  });

  it("are terminated, twice as well, make no point, and leave the machine free", async () => {
    const before = await trial().pointIds();
    const job = await create();
    expect((await trial().host.terminateJobs([job, job])).every((one) => one.ok)).toBe(true);
    expect((await trial().watchedPointJob(job))?.jobState).toBe(8);
    const made = await trial().madePoint();
    expect(await trial().pointIds()).toEqual([...before, made]);
  });

  it("fail where the machine has no disk, and say so", async () => {
    const [bare] = value((await trial().host.findVirtualMachines([trial().stage.disklessMachine]))[0]);
    const [answer] = await trial().host.createReferencePoints([{ virtualMachineId: bare?.id ?? "", consistency: "crash" }]);
    const job = await trial().pointWorkOver(answer);
    expect(job).toMatchObject({ jobState: 10, errorCode: 32770, refusal: "noDisks" });
    expect(job?.errorDescription).toBeTruthy();
    expect(job).not.toHaveProperty("referencePointId");
  });

  it("are undefined where they are not listed", async () => {
    const { pointJobs } = await trial().host.poll({ jobs: [], pointJobs: ["no such job"], tasks: [] });
    expect(pointJobs).toEqual([{ ok: true, value: undefined }]);
  });
}
