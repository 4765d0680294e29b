import { expect, it } from "vitest";
import type { ExportTrial } from "./export-trial";

export function prepare(trial: () => ExportTrial): void {
  it("changes nothing on a host that is there", async () => {
    const { host, stage } = trial();
    const before = await host.findVirtualMachines([stage.machine]);
    for (let time = 0; time < 2; time++) await host.prepare();
    expect(await host.findVirtualMachines([stage.machine])).toEqual(before);
  });
}
