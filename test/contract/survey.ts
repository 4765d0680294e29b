import { expect, it } from "vitest";
import { value } from "./answers";
import type { FileTrial } from "./file-trial";

export function survey(trial: () => FileTrial): void {
  it("reports the marked directories below a parent as a look at each would", async () => {
    const { directory: parent } = await trial().place();
    const { files, host } = trial();
    const marked = ["one", "two"].map((name) => trial().at(parent, name));
    for (const [index, name] of ["one", "two", "three", "four"].entries()) {
      if (name !== "four") await files.write(trial().at(parent, `${name}/marker`), index < 2 ? "a claim of dev" : "a claim of prod");
      await files.write(trial().at(parent, `${name}/sub/file`), String(index));
    }
    await files.link(marked[0] ?? "", trial().at(parent, "link"));
    const texts = ["marker"];
    const ask = { marker: "marker", containing: "of dev", texts };
    const [found, missing] = await host.surveyDirectories([
      { ...ask, parent },
      { ...ask, parent: trial().at(parent, "missing") },
    ]);
    const looks = await host.readDirectories(marked.map((directory) => ({ directory, texts, list: true })));
    const stable = (report: object) => ({ ...report, freeBytes: 0 });
    const surveyed = [...value(found)].sort((a, b) => a.directory.localeCompare(b.directory));
    expect(surveyed.map(({ directory }) => directory)).toEqual(marked);
    expect(surveyed.map(({ report }) => stable(report))).toEqual(looks.map((look) => stable(value(look))));
    expect(value(missing)).toEqual([]);
  });
}
