import { expect, it } from "vitest";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { HostError } from "../../provider/host/port";
import { PlannedReplacements } from "../../provider/lifecycle/operations/planned-replacements";
import { systemClock } from "../../provider/lifecycle/session/clock";
import { Operation, type Surroundings } from "../../provider/lifecycle/session/operation";

const export1 = { exportDirectory: "/srv/sql01", virtualMachine: "SQL01", createUrn: "" } as ExportState;

/** A host that never lets itself be seen, and how often it was asked. */
function silentHost(answer: () => Promise<string>) {
  const asked: string[] = [];
  const host = {
    pathStyle: "posix",
    machineId: () => {
      asked.push("machineId");
      return answer();
    },
  } as unknown as Surroundings["host"];
  const surroundings: Surroundings = {
    host,
    hostName: "hv01 (SSH)",
    clock: systemClock,
    progress: () => {},
    warn: () => {},
    newExportId: () => "",
    connectionTries: 2,
  };
  return { surroundings, asked };
}

it.each<[string, () => Promise<string>, number]>([
  ["that cannot be reached", async () => Promise.reject(new HostError("unreachable", "no way")), 2],
  ["that never says a word", () => new Promise(() => {}), 1],
])("a plan does not wait for a host %s, and not again for the next one", async (_, answer, times) => {
  const { surroundings, asked } = silentHost(answer);
  const plans = new PlannedReplacements({ firstAnswer: 400, whole: 400 });
  for (const id of ["a", "b", "c"]) await plans.plan(id, surroundings, surroundings, export1, export1);
  expect(asked).toHaveLength(times);
});

it("the delete of what no plan replaces, or does not any more, asks nothing", async () => {
  const { surroundings, asked } = silentHost(async () => Promise.reject(new HostError("unreachable", "no way")));
  const plans = new PlannedReplacements({ firstAnswer: 400, whole: 400 });
  await plans.plan("a", surroundings, surroundings, export1, export1);
  plans.forget("a");
  asked.length = 0;
  const deleting = new Operation(surroundings, 400, "timeouts.delete");
  for (const id of ["a", "b"]) await plans.beforeDelete(id, deleting, () => deleting, export1);
  expect(asked).toEqual([]);
});
