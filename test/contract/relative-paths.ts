import { expect, it } from "vitest";
import { kind } from "./answers";
import type { FileTrial } from "./file-trial";

export function relativePaths(trial: () => FileTrial): void {
  it.each(["../out", "a/../../out", "/etc/passwd", "", "a//b", "./a", "a\0b"])("refuse %j", async (bad) => {
    const target = await trial().place();
    const { host } = trial();
    const answers = [
      ...(await host.createTextFiles([{ ...target, path: bad, text: "" }])),
      ...(await host.replaceTextFiles([{ ...target, path: bad, text: "" }])),
      ...(await host.moveFiles([{ ...target, from: bad, to: "ok" }])),
      ...(await host.moveFiles([{ ...target, from: "ok", to: bad }])),
      ...(await host.readDirectories([{ directory: target.directory, texts: [bad], list: true }])),
      await trial().ended({ ...target, kind: "remove", files: [bad] }),
      await trial().ended({ ...target, kind: "hash", files: [bad] }),
    ];
    expect(answers.map(kind)).toEqual(answers.map(() => "invalidParameter"));
  });

  it("reach a file by whatever name it has", async () => {
    const target = await trial().place();
    const { host, files } = trial();
    const posix = ["back\\slash", "a: *?", "two\nlines", 'quo"te'];
    const names = [
      "aux .vhdx",
      "con",
      "PROGRA~1",
      "é",
      "e\u0301",
      "😀",
      `${"漢".repeat(83)}.vhd`,
      ...(host.pathStyle === "posix" ? posix : []),
    ];
    const paths = names.map((name) => `folder ${names.indexOf(name)}/${name}`);
    for (const path of paths) await files.write(trial().at(target.directory, path), "1");
    const { entries } = await trial().report(target.directory);
    expect(
      entries
        .filter(({ kind }) => kind === "file")
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...paths].sort());
    expect(await trial().ended({ ...target, kind: "hash", files: paths })).toMatchObject({ ok: true });
    const moved = paths.map((path) => `moved/${path}`);
    const moves = paths.map((from, index) => ({ ...target, from, to: moved[index] ?? "" }));
    expect((await host.moveFiles(moves)).map(({ ok }) => ok)).toEqual(paths.map(() => true));
    expect(await trial().ended({ ...target, kind: "remove", files: moved })).toMatchObject({
      ok: true,
      value: { kind: "removed", removed: moved, absent: [] },
    });
  });
}
