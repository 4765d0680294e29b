import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { kind, value } from "./answers";
import type { FileTrial } from "./file-trial";

export function tasks(trial: () => FileTrial): void {
  it("hash files, small and large, and tell their end once", async () => {
    const target = await trial().place();
    const { files, host } = trial();
    const contents = [Buffer.alloc(0), Buffer.from("small"), Buffer.alloc(3 * 1024 * 1024 + 7, "x")];
    for (const [index, content] of contents.entries()) await files.write(trial().at(target.directory, `f${index}`), content);
    const [started] = await host.startTasks([{ ...target, kind: "hash", files: contents.map((_, index) => `f${index}`) }]);
    const state = value(await trial().finished(value(started)));
    expect(state).toEqual({
      kind: "hashed",
      files: contents.map((content, index) => ({
        path: `f${index}`,
        bytes: content.length,
        sha256: createHash("sha256").update(content).digest("hex"),
      })),
    });
    expect((await host.poll({ jobs: [], tasks: [value(started)] })).tasks).toEqual([{ ok: true, value: { kind: "cancelled" } }]);
    expect(kind(await trial().ended({ ...target, kind: "hash", files: ["f1", "missing"] }))).toBe("notFound");
    expect(value(await trial().ended({ ...target, kind: "hash", files: [] }))).toEqual({ kind: "hashed", files: [] });
  });

  it("remove files and the folders that this empties, keep the rest, and count absence as success", async () => {
    const target = await trial().place();
    const { files } = trial();
    for (const file of ["a/b/1", "a/b/2", "k/1", "k/foreign", "top"]) await files.write(trial().at(target.directory, file), file);
    const state = await trial().ended({ ...target, kind: "remove", files: ["a/b/1", "a/b/2", "k/1", "top", "a/gone"] });
    expect(value(state)).toEqual({ kind: "removed", removed: ["a/b/1", "a/b/2", "k/1", "top"], absent: ["a/gone"] });
    expect(await files.list(target.directory)).toEqual(["k"]);
    expect(await files.list(trial().at(target.directory, "k"))).toEqual(["foreign"]);
    const gone = { directory: trial().at(target.directory, "gone"), canonicalPath: trial().at(target.canonicalPath, "gone") };
    expect(value(await trial().ended({ ...gone, kind: "remove", files: ["x"] }))).toEqual({ kind: "removed", removed: [], absent: ["x"] });
  });

  it("are cancelled, ended and unknown ones too", async () => {
    const target = await trial().place();
    const { files, host } = trial();
    await files.write(trial().at(target.directory, "large"), Buffer.alloc(64 * 1024 * 1024));
    const [started] = await host.startTasks([{ ...target, kind: "hash", files: ["large"] }]);
    const id = value(started);
    expect((await host.cancelTasks([id, id, "unknown"])).map((one) => one.ok)).toEqual([true, true, true]);
    expect(value(await trial().finished(id))).toEqual({ kind: "cancelled" });
  });
}
