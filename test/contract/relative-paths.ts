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
}
