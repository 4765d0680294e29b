import { expect, it } from "vitest";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { value } from "./answers";
import type { ExportTrial } from "./export-trial";

export function recordsDirectory(trial: () => ExportTrial): void {
  it("is the same for every session, absolute, and no export's", async () => {
    const { host, stage } = trial();
    const directory = await host.recordsDirectory();
    expect(await stage.another().recordsDirectory()).toBe(directory);
    const rules = pathRules(host.pathStyle);
    expect(rules.check(directory)).toEqual([]);
    expect([directory, ...rules.parents(directory)]).not.toContain(stage.scratch);
  });

  it("takes a record where it was not there before", async () => {
    const { host } = trial();
    const directory = pathRules(host.pathStyle).join(await host.recordsDirectory(), "contract/one");
    const { canonicalPath } = value((await host.createDirectories([{ directory }]))[0]);
    const file = { directory, canonicalPath, path: "record.json" };
    expect(value((await host.createTextFiles([{ ...file, text: "{}" }]))[0])).toBe("created");
    const [report] = await host.readDirectories([{ directory, texts: ["record.json"], list: false }]);
    expect(value(report)).toMatchObject({ texts: { "record.json": "{}" } });
    await trial().files.remove(directory);
  });
}
