import { expect, it } from "vitest";
import { value } from "./answers";
import type { ExportTrial } from "./export-trial";

export function synchronousExports(trial: () => ExportTrial): void {
  it("are whole when the method answers, and no job is listed", async () => {
    const { directory } = await trial().place();
    const answer = await trial().start(directory);
    expect(answer).toEqual({ ok: true, value: { kind: "completed" } });
    const size = await trial().bytesBelow(directory);
    expect(size).toBeGreaterThan(0);
    for (const host of [trial().host, trial().stage.another()]) {
      const [found] = await host.findExportJobs([directory]);
      expect(value(found)).toEqual([]);
    }
    expect(await trial().bytesBelow(directory)).toBe(size);
  });

  it("leave the machine free", async () => {
    for (let round = 0; round < 2; round++) value(await trial().start((await trial().place()).directory));
  });
}
