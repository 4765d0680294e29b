import { expect, it } from "vitest";
import { value } from "./answers";
import type { FileTrial } from "./file-trial";

export function sessions(trial: () => FileTrial): void {
  it("close with a task running, whose end nobody hears of", { timeout: 20_000 }, async () => {
    const session = trial().stage.another();
    const target = await trial().place();
    await trial().files.write(trial().at(target.directory, "large"), Buffer.alloc(64 * 1024 * 1024));
    const [task] = await session.startTasks([{ ...target, kind: "hash", files: ["large"] }]);
    await session.close();
    const { tasks } = await trial().host.poll({ jobs: [], tasks: [value(task)] });
    expect(tasks).toEqual([{ ok: true, value: { kind: "cancelled" } }]);
  });
}
