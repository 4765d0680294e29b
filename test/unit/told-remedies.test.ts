import { describe, expect, it } from "vitest";
import { type ErrorCode, errorTable, mayChangeArguments } from "../../provider/domain/errors/error-table";
import { ExportError } from "../../provider/domain/errors/export-error";
import { withStoredArguments } from "../../provider/domain/errors/give-up";
import { jobRemedy } from "../../provider/domain/hyperv/job-remedies";
import { outOfReach } from "../../provider/lifecycle/directory/look";
import { systemClock } from "../../provider/lifecycle/session/clock";
import { type LimitName, Operation, type Surroundings } from "../../provider/lifecycle/session/operation";

const surroundings = { clock: systemClock, hostName: "hv01", newExportId: () => "" } as unknown as Surroundings;

describe("what took too long tells what will take less, or go on", () => {
  it.each<[LimitName, RegExp]>([
    ["timeouts.create", /^Raise timeouts\.create/],
    // A delete goes by the stored timeout: to raise it in the program alone leads nowhere.
    ["timeouts.delete", /^Run the command again: it goes on .* run pulumi up first/],
    ["the limit of a refresh", /^Set verification .* with a pulumi up/],
    ["the limit of a command", /^Name fewer directories/],
    ["the limit of a preview", /^Run the preview again/],
  ])("%s", (name, remedy) => {
    const error = new Operation(surroundings, 1000, name).timedOut("look", "D:\\e");
    expect([error.code, error.reason]).toEqual(["timed-out", `it took longer than ${name} = 1s`]);
    expect(error.remedy).toMatch(remedy);
  });
});

it("a remedy that says to change the host in the program says that refresh and destroy see that after an up", () => {
  const codes = Object.keys(errorTable) as ErrorCode[];
  const toldBoth = codes.filter((code) => {
    const told = withStoredArguments(new ExportError(code, { step: "look", subject: "D:\\e", reason: "so" })) as ExportError;
    expect(told.remedy.startsWith(errorTable[code].remedy)).toBe(true);
    return told.remedy.endsWith("run pulumi up first, with the resource in it.");
  });
  expect(toldBoth).toEqual(codes.filter(mayChangeArguments));
  // Whatever names an argument of the host, or another host.
  const naming = codes.filter((code) =>
    /host's (executable|hostKey)|as the host\b|Host\.|right key|shorter path/.test(errorTable[code].remedy),
  );
  expect(naming.filter((code) => !mayChangeArguments(code))).toEqual([]);
});

it("a volume that is not there may be a slip in the program only where nothing is known to lie on it", () => {
  expect(outOfReach({ kind: "volumeMissing" }, "D:\\e").remedy).toContain("or correct exportDirectory");
  expect(outOfReach({ kind: "volumeMissing" }, "D:\\e", { of: "chain" }).remedy).toContain("or correct directory,");
  expect(outOfReach({ kind: "volumeMissing" }, "D:\\e", { known: true }).remedy).toBe(errorTable["volume-missing"].remedy);
});

/** What only an export or a point can meet. */
const OF_EXPORTS: readonly ErrorCode[] = ["adoption-refused", "export-not-found"];

it("a remedy that a chain's user meets names no argument that a chain has not", () => {
  const naming = (Object.keys(errorTable) as ErrorCode[]).filter((code) => errorTable[code].remedy.includes("exportDirectory"));
  expect(naming).toEqual(OF_EXPORTS);
  expect(jobRemedy("0x800700CE")).toContain("Choose a directory with a shorter path");
  for (const look of [{ kind: "volumeMissing" }, { kind: "notDirectory" }, { kind: "notDirectory", above: "D:\\f" }] as const)
    for (const known of [true, false]) expect(outOfReach(look, "D:\\c", { known, of: "chain" }).message).not.toMatch(/export/i);
  const { remedy } = outOfReach({ kind: "notDirectory" }, "D:\\c", { known: true, of: "chain" });
  expect(remedy).toContain("take away the link, set directory to where it lies now: pulumi up goes on with the chain there.");
});
