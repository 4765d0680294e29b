import { expect, it } from "vitest";
import { sha256Of } from "../../provider/domain/values/sha256";
import { kind, value } from "./answers";
import type { ExportTrial } from "./export-trial";

export function exportMethod(trial: () => ExportTrial): void {
  it("is called once, and its files are below the directory when the export is over", async () => {
    const { directory } = await trial().place();
    await trial().over(await trial().start(directory));
    expect(await trial().stage.methodCalls(directory)).toBe(1);
    const { entries } = await trial().report(directory);
    const files = entries.filter((entry) => entry.kind === "file");
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(await trial().files.size(trial().at(directory, file.path))).toBe(file.bytes);
    expect(await trial().bytesBelow(directory)).toBeGreaterThan(0);
  });

  it("refuses a second export of a machine while one runs, each with its own answer", async () => {
    const [first, second] = [await trial().place(), await trial().place()];
    const requests = [await trial().request(first.directory), await trial().request(second.directory)];
    const answers = await trial().host.exportReferencePoints(requests);
    expect(answers[0]?.ok).toBe(true);
    expect(kind(answers[1])).toBe("invalidState");
    expect(!answers[1]?.ok && answers[1]?.error.details.returnCode).toBe(32775);
    await trial().over(answers[0]);
  });

  it("refuses wrong parameters as the method does, and writes nothing", async () => {
    const { directory } = await trial().place();
    const [older, newer] = await trial().points();
    const good = await trial().request(directory);
    const bad = [
      { ...good, exportDirectory: trial().at(directory, "not there") },
      { ...good, referencePointId: "Microsoft:00000000-0000-0000-0000-000000000000" },
      { ...good, disksToExport: ["no such disk"] },
      { ...good, referencePointId: older, baseReferencePointId: newer },
      { ...good, referencePointId: newer, baseReferencePointId: newer },
    ];
    const answers = await trial().host.exportReferencePoints(bad);
    expect(answers.map(kind)).toEqual(bad.map(() => "invalidParameter"));
    expect(await trial().files.list(directory)).toEqual([]);
  });

  it("is not called where the request's condition does not hold", async () => {
    const { directory } = await trial().place();
    const claim = { directory, path: "claim", sha256: sha256Of("mine") };
    const request = { ...(await trial().request(directory)), onlyIf: claim };
    const [refused] = await trial().host.exportReferencePoints([request]);
    expect(kind(refused)).toBe("preconditionFailed");
    expect(await trial().stage.methodCalls(directory)).toBe(0);
    await trial().files.write(trial().at(directory, "claim"), "mine");
    await trial().over((await trial().host.exportReferencePoints([request]))[0]);
    expect(await trial().stage.methodCalls(directory)).toBe(1);
  });

  it("has no job that is not listed: a poll answers undefined", async () => {
    const { jobs } = await trial().host.poll({ jobs: ["no such job"], tasks: [] });
    expect(jobs).toEqual([{ ok: true, value: undefined }]);
    const [found] = await trial().host.findExportJobs([trial().fresh()]);
    expect(value(found)).toEqual([]);
  });
}
