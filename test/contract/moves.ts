import { expect, it } from "vitest";
import type { FileTrial } from "./file-trial";

export function moves(trial: () => FileTrial): void {
  it("stay within the directory, go over what is there and into new folders", async () => {
    const target = await trial().place();
    const { files, host } = trial();
    await files.write(trial().at(target.directory, "one"), "1");
    await files.write(trial().at(target.directory, "two"), "2");
    const answers = await host.moveFiles([
      { ...target, from: "one", to: "two" },
      { ...target, from: "nothing", to: "anywhere" },
      { ...target, from: "two", to: "deep/er/three" },
    ]);
    expect(answers.map((one) => one.ok)).toEqual([true, false, true]);
    expect(await trial().text(trial().at(target.directory, "deep/er/three"))).toBe("1");
    expect(await files.list(target.directory)).toEqual(["deep"]);
  });
}
