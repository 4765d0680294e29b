import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Fault, faultTable } from "../../provider/host/simulator/index";
import { filesIn, points, Workplace } from "./workplace";

let place: Workplace;

beforeAll(async () => {
  place = await Workplace.open();
});

beforeEach(() => place.lab.clearFaults());

afterAll(() => place.close());

type FaultName = (typeof faultTable)[number]["name"];

/** Each fault once, and how the up that meets it ends: with an error code, or well because it is tried again or borne. */
const cases: Record<FaultName, { readonly fault: (directory: string) => Fault; readonly ends: string }> = {
  returnCode: { fault: () => ({ fault: "returnCode", code: 32773 }), ends: "method-refused" },
  jobFails: { fault: () => ({ fault: "jobFails" }), ends: "job-failed" },
  jobStalls: { fault: () => ({ fault: "jobStalls" }), ends: "job-stalled" },
  jobVanishes: { fault: () => ({ fault: "jobVanishes" }), ends: "job-vanished" },
  jobCompletesWithWarnings: { fault: () => ({ fault: "jobCompletesWithWarnings" }), ends: "well" },
  jobTerminated: { fault: () => ({ fault: "jobTerminated" }), ends: "job-terminated" },
  mergeFails: { fault: () => ({ fault: "mergeFails" }), ends: "well" },
  mergeStalls: { fault: () => ({ fault: "mergeStalls" }), ends: "well" },
  connectionLostBefore: { fault: () => ({ fault: "connectionLostBefore", count: 1 }), ends: "well" },
  connectionLostAfter: { fault: () => ({ fault: "connectionLostAfter", count: 1 }), ends: "well" },
  hostUnreachable: { fault: () => ({ fault: "hostUnreachable" }), ends: "host-unreachable" },
  volumeMissing: { fault: (path) => ({ fault: "volumeMissing", path }), ends: "volume-missing" },
  diskFull: { fault: () => ({ fault: "diskFull" }), ends: "job-failed" },
  accessDenied: { fault: (path) => ({ fault: "accessDenied", path }), ends: "access-denied" },
  fileInUse: { fault: (path) => ({ fault: "fileInUse", path, count: 3 }), ends: "well" },
  slowListing: { fault: () => ({ fault: "slowListing", delay: 300 }), ends: "well" },
};

describe("every fault of the simulator, through the real CLI", () => {
  it.each(faultTable.map(({ name }) => name))("%s is borne or ends with its code, and the next up makes the export true", async (name) => {
    const stack = await place.stack();
    const directory = place.directory();
    const program = place.program({ exportDirectory: directory, timeouts: { create: "60s", stall: "1s" } });
    const { fault, ends } = cases[name];
    await place.lab.setFaults([fault(directory)]);
    const met = await stack.up(program);
    expect(met.ok, met.text).toBe(ends === "well");
    if (ends !== "well") {
      expect(met.text).toContain(`Code: ${ends}`);
      expect(met.text).toContain("What to do: ");
    }

    await place.lab.clearFaults();
    const healed = await stack.up(program);
    expect(healed.ok, healed.text).toBe(true);
    expect(stack.resource().outputs.status).toBe("intact");
    await place.expectRestorable([directory], points.sql01[1]);
    const accepted = (await place.lab.calls()).filter((call) => call.exportDirectory === directory && call.returnCode <= 4096);
    // One call that led to the export; a job that came to nothing was another.
    if (ends === "well") expect(accepted).toHaveLength(1);

    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(filesIn(directory)).toBeUndefined();
  });
});
