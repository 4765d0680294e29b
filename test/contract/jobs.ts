import { expect, it } from "vitest";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { value } from "./answers";
import { type ExportTrial, jobOf } from "./export-trial";
import { pause } from "./file-trial";
import type { ExportManner } from "./stage";

export function jobs(trial: () => ExportTrial, names: ExportManner["jobNames"]): void {
  it("run to the end", async () => {
    const { directory } = await trial().place();
    const job = await trial().over(await trial().start(directory));
    expect(job).toMatchObject({ jobState: 7, errorCode: 0, percentComplete: 100 });
    expect(job?.virtualMachineId).toBe((await trial().machine()).id);
    expect(job?.referencePointId).toBe((await trial().points())[0]);
    expect(job).not.toHaveProperty("baseReferencePointId");
  });

  if (names === "files") {
    it("name at their end files that are there, the configuration among them, and the disks", async () => {
      const { directory } = await trial().place();
      const job = await trial().over(await trial().start(directory));
      const named = job?.exportedFiles ?? [];
      const { entries } = await trial().report(directory);
      const files = entries.filter((entry) => entry.kind === "file").map((entry) => trial().at(directory, entry.path));
      const { normalise } = pathRules(trial().host.pathStyle);
      expect(files).toEqual(expect.arrayContaining(named.map((file) => normalise(file.path))));
      expect(named.filter((file) => file.namedBy === "configuration")).toHaveLength(1);
      for (const file of named) expect(await trial().files.size(file.path)).toBeGreaterThan(0);
      expect(job?.exportedDisks).toHaveLength((await trial().machine()).disks.length);
    });
  } else {
    it("name neither files nor disks", async () => {
      const job = await trial().over(await trial().start((await trial().place()).directory));
      expect(job?.exportedFiles).toEqual([]);
      expect(job).not.toHaveProperty("exportedDisks");
    });
  }

  it("are found by their directory, in another session too and after their end", async () => {
    const { directory } = await trial().place();
    const job = await trial().over(await trial().start(directory));
    const [found] = await trial()
      .stage.another()
      .findExportJobs([trial().host.pathStyle === "windows" ? `${directory}\\` : `${directory}/`]);
    expect(value(found).map((one) => one.path)).toEqual([job?.path]);
  });

  it("are terminated, twice as well, write no more, and leave the machine free", async () => {
    const { directory } = await trial().place();
    const job = jobOf(await trial().start(directory));
    expect((await trial().host.terminateJobs([job, job, "no such job"])).every((one) => one.ok)).toBe(true);
    expect((await trial().watched(job))?.jobState).toBe(8);
    const size = await trial().bytesBelow(directory);
    await pause(300);
    expect(await trial().bytesBelow(directory)).toBe(size);
    const next = await trial().over(await trial().start((await trial().place()).directory));
    expect(next?.jobState).toBe(7);
  });
}
