import { expect, it } from "vitest";
import { kind } from "./answers";
import type { FileTrial } from "./file-trial";

export function links(trial: () => FileTrial): void {
  it("below a directory are refused and never followed", async () => {
    const [target, outside] = [await trial().place(), await trial().place()];
    const { files, host } = trial();
    const precious = trial().at(outside.directory, "precious");
    await files.write(precious, "keep me");
    await files.link(outside.directory, trial().at(target.directory, "folder"));
    await files.link(precious, trial().at(target.directory, "file"));
    const at = { ...target, text: "overwritten" };
    const refused = [
      ...(await host.createTextFiles([{ ...at, path: "folder/new" }])),
      ...(await host.replaceTextFiles([
        { ...at, path: "folder/precious" },
        { ...at, path: "file" },
      ])),
      ...(await host.moveFiles([{ ...target, from: "folder/precious", to: "stolen" }])),
      await trial().ended({ ...target, kind: "remove", files: ["folder/precious"] }),
      await trial().ended({ ...target, kind: "remove", files: ["file"] }),
      await trial().ended({ ...target, kind: "hash", files: ["folder/precious"] }),
    ];
    expect(refused.map(kind)).toEqual(refused.map(() => "linkInPath"));
    expect(await files.list(outside.directory)).toEqual(["precious"]);
    expect(await trial().text(precious)).toBe("keep me");
    expect(await files.list(target.directory)).toEqual(["file", "folder"]);
  });

  it("that lead a directory elsewhere than it was claimed are noticed", async () => {
    const [target, outside] = [await trial().place(), await trial().place()];
    const moved = { directory: target.directory, canonicalPath: outside.directory };
    expect(kind((await trial().host.createTextFiles([{ ...moved, path: "x", text: "" }]))[0])).toBe("movedDirectory");
    expect(kind(await trial().ended({ ...moved, kind: "remove", files: ["x"] }))).toBe("movedDirectory");
    await trial().files.write(trial().at(outside.directory, "x"), "keep me");
    await trial().files.remove(target.directory);
    await trial().files.link(outside.directory, target.directory);
    expect(kind((await trial().host.replaceTextFiles([{ ...target, path: "x", text: "" }]))[0])).toBe("movedDirectory");
    expect(kind(await trial().ended({ ...target, kind: "remove", files: ["x"] }))).toBe("movedDirectory");
    expect(await trial().text(trial().at(outside.directory, "x"))).toBe("keep me");
  });
}
