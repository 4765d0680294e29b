import { expect, it } from "vitest";
import { value } from "./answers";
import type { FileTrial } from "./file-trial";

export function look(trial: () => FileTrial): void {
  it("tells absent from a missing parent, a file and a link", async () => {
    const { directory } = await trial().place();
    await trial().files.write(trial().at(directory, "file"), "");
    await trial().files.link(directory, trial().at(directory, "link"));
    const names = ["gone", "gone/deeper", "file", "link", "file/deeper", "file/deeper/still"];
    const asked = names.map((name) => ({ directory: trial().at(directory, name), texts: [], list: true }));
    const answers = await trial().host.readDirectories(asked);
    const above = trial().at(directory, "file");
    expect(answers.map(value)).toEqual([
      { kind: "absent" },
      { kind: "parentMissing" },
      { kind: "notDirectory" },
      { kind: "notDirectory" },
      { kind: "notDirectory", above },
      { kind: "notDirectory", above },
    ]);
  });

  it("lists recursively, sorted, not behind links, and reads the asked texts", async () => {
    const { directory } = await trial().place();
    const { files, host, stage } = trial();
    await files.write(trial().at(directory, "b/c/deep"), "12345");
    await files.write(trial().at(directory, "a.txt"), "text");
    await files.link(stage.scratch, trial().at(directory, "out"));
    await files.link(trial().at(directory, "a.txt"), trial().at(directory, "linked.txt"));
    const texts = ["a.txt", "none.txt", "linked.txt", "b", "__proto__"];
    const report = await trial().report(directory, texts);
    expect(report.entries).toEqual([
      { path: "a.txt", kind: "file", bytes: 4 },
      { path: "b", kind: "directory", bytes: 0 },
      { path: "b/c", kind: "directory", bytes: 0 },
      { path: "b/c/deep", kind: "file", bytes: 5 },
      { path: "linked.txt", kind: "link", bytes: 0 },
      { path: "out", kind: "link", bytes: 0 },
    ]);
    expect(Object.entries(report.texts)).toEqual([["a.txt", "text"]]);
    expect(report.freeBytes ?? 1).toBeGreaterThan(0);
    const [unlisted] = await host.readDirectories([{ directory, texts, list: false }]);
    expect({ ...value(unlisted), freeBytes: 0 }).toEqual({ ...report, entries: [], freeBytes: 0 });
  });

  it("names the folders that file servers make, and does not enter them", async () => {
    const { directory } = await trial().place();
    for (const path of ["a/@eaDir/x", "System Volume Information/y", ".snapshot/a/z", "a/b"])
      await trial().files.write(trial().at(directory, path), "");
    const { entries } = await trial().report(directory);
    expect(entries.map(({ path }) => path)).toEqual([".snapshot", "System Volume Information", "a", "a/@eaDir", "a/b"]);
  });
}
