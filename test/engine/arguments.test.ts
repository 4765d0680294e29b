import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Host, type ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Property } from "../../provider/domain/property-table";
import { exportProperties } from "../../provider/domain/reference-point-export/properties";
import { shownArguments } from "./preview-text";
import { opOf, type Run, type TestStack } from "./test-stack";
import { CLAIM, filesIn, machines, points, Workplace } from "./workplace";

type Arguments = ReferencePointExportArgs & { exportDirectory: string };
type Name = Exclude<keyof typeof exportProperties, "createUrn" | "secretInputs" | "status" | "problems">;

let place: Workplace;
let stack: TestStack;
let now: Arguments;

beforeAll(async () => {
  place = await Workplace.open();
  stack = await place.stack();
  await place.lab.addVirtualMachine({ name: "WEB02", disks: [{ name: "WEB02.vhdx", bytes: 65536 }] });
  await place.lab.addReferencePoint({ virtualMachine: "WEB02", kind: "rct" });
  const second = await Simulator.open(join(place.scratch, "second-lab"));
  await second.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0 });
  now = { host: place.host, virtualMachine: "WEB01", exportDirectory: place.directory() };
  expect((await stack.up(program(now))).ok).toBe(true);
});
afterAll(async () => {
  await stack.destroy();
  place.close();
});

const program = (args: Arguments) => place.program({ referencePoint: undefined as never, ...args });

/** A case a row of the table: what is changed, alone, from the case before on. A row without a case does not compile. */
const changes: Readonly<Record<Name, () => Partial<ReferencePointExportArgs>>> = {
  verification: () => ({ verification: { level: "content", portion: "1/7" } }),
  requireConsistency: () => ({ requireConsistency: "crash" }),
  onExisting: () => ({ onExisting: "adopt" }),
  timeouts: () => ({ timeouts: { stall: "30m" } }),
  triggers: () => ({ triggers: ["again"] }),
  virtualMachine: () => ({ virtualMachine: "WEB02" }),
  referencePoint: () => ({ referencePoint: points.sql01[2] }),
  baseReferencePoint: () => ({ baseReferencePoint: points.sql01[0] }),
  disksToExport: () => ({ disksToExport: ["SQL01-data.vhdx"] }),
  exportDirectory: () => ({ exportDirectory: place.directory() }),
  host: () => ({ host: Host.simulator({ directory: join(place.scratch, "second-lab") }) }),
  onDestroy: () => ({ onDestroy: "keep" }),
};

/** What must be true before a case, besides its own change. */
const before: Partial<Record<Name, Partial<ReferencePointExportArgs>>> = {
  referencePoint: { virtualMachine: "SQL01", referencePoint: points.sql01[1] },
};

describe.each(Object.keys(changes) as Name[])("%s changed alone", (name) => {
  const onChange = exportProperties[name].onChange;
  let preview: Run;
  let up: Run;
  let was: Arguments;

  beforeAll(async () => {
    const first = before[name];
    if (first) {
      now = { ...now, ...first } as Arguments;
      expect((await stack.up(program(now))).ok).toBe(true);
    }
    was = now;
    now = { ...now, ...changes[name]() } as Arguments;
    preview = await stack.preview(program(now), { diff: true });
    up = await stack.up(program(now));
  });

  it("is previewed as the table says, the property shown", () => {
    expect(preview.ok).toBe(true);
    expect(opOf(preview)).toBe(onChange === "update" ? "update" : replacement(name));
    expect(shownArguments(preview.text)).toEqual([name]);
  });

  it("does what the preview said", () => {
    expect(up.ok).toBe(true);
    expect(opOf(up)).toBe(onChange === "update" ? "update" : replacement(name));
    expect(stack.resource().outputs).toMatchObject({ status: "intact", exportDirectory: now.exportDirectory });
    expect(JSON.parse(readFileSync(join(now.exportDirectory, CLAIM), "utf8"))).toMatchObject({ exportId: stack.resource().id });
    if (was.exportDirectory !== now.exportDirectory) expect(existsSync(was.exportDirectory)).toBe(false);
  });
});

/** A new export into the same directory needs the old one gone first; elsewhere the old one goes last. */
function replacement(name: Name): string {
  const steps = ["delete-replaced", "replace", "create-replacement"];
  return (name === "exportDirectory" ? [...steps].reverse() : steps).join(", ");
}

describe("the same, said in another way", () => {
  it("is no change", async () => {
    const spelt: Arguments = {
      ...now,
      virtualMachine: machines.sql01.toLowerCase(),
      referencePoint: points.sql01[2].replace("Microsoft:", "").toLowerCase(),
      exportDirectory: `${now.exportDirectory}/`,
      disksToExport: ["SQL01-DATA.vhdx", "SQL01-data.vhdx"],
      timeouts: { create: "6h", stall: "30m", delete: "30m" },
    };
    expect(opOf(await stack.preview(program(spelt)))).toBe("same");
  });

  it("of the host is only an update, for it is the same machine", async () => {
    const spelt = { ...now, host: Host.simulator({ directory: `${join(place.scratch, "second-lab")}/` }) };
    expect(opOf(await stack.preview(program(spelt)))).toBe("update");
  });

  it("an unchanged up after all of it does nothing", async () => {
    const files = filesIn(now.exportDirectory);
    expect(opOf(await stack.up(program(now)))).toBe("same");
    expect(filesIn(now.exportDirectory)).toEqual(files);
  });
});

it("covers every row that a program can set", () => {
  const rows = Object.entries<Property>(exportProperties).filter(([, row]) => !row.internal);
  expect(rows.map(([name]) => name).sort()).toEqual(Object.keys(changes).sort());
});
