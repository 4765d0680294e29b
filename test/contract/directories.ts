import { expect, it } from "vitest";
import { value } from "./answers";
import type { FileTrial } from "./file-trial";

const asked = (directory: string) => ({ directory });

export function directories(trial: () => FileTrial): void {
  it("are created with their parents, and it is said whether they are new", async () => {
    const base = trial().fresh();
    const { files, host } = trial();
    const deep = trial().at(base, "x/y");
    const [first, again, below] = await host.createDirectories([deep, deep, trial().at(base, "x/y/z")].map(asked));
    expect(value(first)).toMatchObject({ created: true, canonicalPath: deep });
    expect(value(again)).toMatchObject({ created: false, canonicalPath: deep });
    expect(value(below).created).toBe(true);
    await files.write(trial().at(base, "file"), "");
    const [blocked] = await host.createDirectories([{ directory: trial().at(base, "file/below") }]);
    expect(blocked?.ok).toBe(false);
  });

  it("have a canonical path in which links above them are resolved", async () => {
    const [real, other] = [await trial().place(), await trial().place()];
    await trial().files.link(real.directory, trial().at(other.directory, "link"));
    const [made] = await trial().host.createDirectories([{ directory: trial().at(other.directory, "link/new") }]);
    expect(value(made)).toMatchObject({ created: true, canonicalPath: trial().at(real.directory, "new") });
  });

  it("are removed only when they are empty", async () => {
    const [empty, full] = [await trial().place(), await trial().place()];
    await trial().files.write(trial().at(full.directory, "file"), "");
    const answers = await trial().host.removeEmptyDirectories([empty.directory, full.directory, empty.directory].map(asked));
    expect(answers.map(value)).toEqual(["removed", "notEmpty", "absent"]);
    expect(await trial().files.list(full.directory)).toEqual(["file"]);
  });
}
