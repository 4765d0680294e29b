import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Host, ReferencePointExport } from "pulumi-hyperv-reference-point";
import { openSimulatorHost, Simulator, SimulatorHost } from "pulumi-hyperv-reference-point/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// What types forbid, a plain JavaScript program does. Every public function is called with nothing, with null and with something of the wrong kind.

type AnyFunction = (...given: unknown[]) => unknown;
const loose = (of: unknown): Record<string, AnyFunction> => of as Record<string, AnyFunction>;
const construct =
  (of: unknown): AnyFunction =>
  (...given) =>
    new (of as new (...given: unknown[]) => unknown)(...given);

describe.each<[name: string, call: AnyFunction, missing: string]>([
  ["Host.simulator", loose(Host).simulator as AnyFunction, "directory is missing"],
  ["Host.ssh", loose(Host).ssh as AnyFunction, "hostName is missing"],
  ["Host.winrm", loose(Host).winrm as AnyFunction, "computerName and authentication are missing"],
  ["new ReferencePointExport", construct(ReferencePointExport), "name is missing"],
  [
    "new ReferencePointExport",
    (...given) => construct(ReferencePointExport)("web01", ...given),
    "virtualMachine and exportDirectory are missing",
  ],
  ["ReferencePointExport.get", loose(ReferencePointExport).get as AnyFunction, "name is missing"],
  ["ReferencePointExport.get", (...given) => loose(ReferencePointExport).get?.("web01", ...given), "id is missing"],
  ["ReferencePointExport.get", (...given) => loose(ReferencePointExport).get?.("web01", "id", ...given), "exportDirectory is missing"],
])("%s", (name, call, missing) => {
  it(`without arguments says that ${missing}`, () => {
    for (const given of [[], [undefined], [null]]) {
      const { code, message } = caught(() => call(...given));
      expect(message).toContain(`(${name}): ${missing}\n  What to do: Write ${name}(`);
      expect(code).toBe("invalid-arguments");
    }
  });
});

describe("arguments of the wrong kind", () => {
  it.each<[string, AnyFunction]>([
    ["Host.simulator", loose(Host).simulator as AnyFunction],
    ["Host.local", loose(Host).local as AnyFunction],
    ["Host.ssh", loose(Host).ssh as AnyFunction],
    ["Host.winrm", loose(Host).winrm as AnyFunction],
    ["new ReferencePointExport", (given) => construct(ReferencePointExport)("web01", given)],
    ["ReferencePointExport.get", (given) => loose(ReferencePointExport).get?.("web01", "id", given)],
  ])("of %s are named by their kind, never by their value", (name, call) => {
    for (const [given, kind] of [
      ["hush", "a text"],
      [7, "a number"],
      [["hush"], "a list"],
      [pulumi.output({ directory: "hush" }), "an output"],
      [Promise.resolve({ directory: "hush" }), "an output"],
    ]) {
      const { message } = caught(() => call(given));
      expect(message).toMatch(new RegExp(`^could not .* \\(${name}\\): expected a(n|  plain)? ?.*object.*, got ${kind}`));
      expect(message).not.toContain("hush");
    }
  });

  it("of a resource's name too", () => {
    expect(caught(() => construct(ReferencePointExport)({ virtualMachine: "WEB01" })).message).toContain(
      "expected name to be a text, got an object",
    );
  });
});

it.each(["status", "files", "exportId", "kind", "id", "urn", "result", "__owner", "__provider"])(
  "an argument that is called as an output or a part of every resource is refused: %s",
  (argument) => {
    const args = { host: Host.simulator({ directory: "/lab" }), virtualMachine: "WEB01", exportDirectory: "/srv/x", [argument]: "hush" };
    const { code, message } = caught(() => construct(ReferencePointExport)("web01", args));
    expect(message).toContain(`could not use the argument (${argument}): there is no such argument`);
    expect(message).not.toContain("hush");
    expect(code).toBe("invalid-arguments");
  },
);

it("a parent that is no resource is refused", () => {
  for (const parent of ["hush", {}, { urn: "hush" }]) {
    const { code, message } = caught(() =>
      construct(ReferencePointExport)("web01", { virtualMachine: "WEB01", exportDirectory: "/srv/x" }, { parent }),
    );
    expect(message).toContain("expected parent to be a resource");
    expect(code).toBe("invalid-arguments");
  }
});

it("Host.local needs no arguments", () => {
  expect(Host.local()).toEqual({ kind: "local" });
});

describe("the simulator", () => {
  let folder: string;
  let lab: Simulator;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "arguments-"));
    lab = await Simulator.open(join(folder, "lab"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[method: string, missing: string]>([
    ["addVirtualMachine", "name and disks are missing"],
    ["renameVirtualMachine", "virtualMachine and name are missing"],
    ["configureMachine", "virtualMachine is missing"],
    ["addDisk", "virtualMachine and disk are missing"],
    ["removeDisk", "virtualMachine and disk are missing"],
    ["addReferencePoint", "virtualMachine and kind are missing"],
    ["removeReferencePoint", "id is missing"],
    ["addCheckpoint", "virtualMachine is missing"],
    ["removeCheckpoint", "id is missing"],
    ["restart", "virtualMachine is missing"],
    ["writeToDisk", "virtualMachine, disk, offset, bytes and seed are missing"],
    ["configure", "its arguments are missing"],
    ["setFaults", "faults is missing"],
    ["readDisk", "virtualMachine and disk are missing"],
    ["diskSha256", "virtualMachine and disk are missing"],
    ["restore", "exports and into are missing"],
  ])("%s without arguments says what is missing", async (method, missing) => {
    for (const given of [[], [null]]) {
      await expect(async () => loose(lab)[method]?.(...given)).rejects.toMatchObject({
        kind: "invalidParameter",
        message: `${method}: ${missing}.`,
      });
    }
    for (const given of [7, method === "setFaults" ? { fault: "x" } : ["x"]]) {
      await expect(async () => loose(lab)[method]?.(given)).rejects.toMatchObject({ kind: "invalidParameter" });
    }
  });

  it("has no other method that takes arguments", () => {
    const methods = Object.getOwnPropertyNames(Simulator.prototype).filter((name) => name !== "constructor" && name !== "directory");
    expect(methods.filter((name) => loose(lab)[name]?.length === 0)).toEqual([
      "clearFaults",
      "describe",
      "pointCalls",
      "checkpointCalls",
      "calls",
    ]);
    expect(methods).toHaveLength(21);
  });

  it("is opened with a directory, and not constructed", async () => {
    const { open } = loose(Simulator);
    await expect(async () => open?.()).rejects.toMatchObject({
      kind: "invalidParameter",
      message: "Simulator.open: directory is missing.",
    });
    for (const call of [loose({ openSimulatorHost }).openSimulatorHost as AnyFunction, construct(SimulatorHost)]) {
      expect(caught(() => call()).message).toBe("The simulator: directory is missing.");
    }
    for (const given of [[], ["x"]]) expect(caught(() => construct(Simulator)(...given)).message).toContain("Simulator.open(directory)");
  });

  it("takes a point of no known kind or consistency for what it is, and stays readable", async () => {
    const point = { virtualMachine: "WEB01", kind: "rtc" } as unknown as Parameters<Simulator["addReferencePoint"]>[0];
    await expect(lab.addReferencePoint(point)).rejects.toMatchObject({ kind: "invalidParameter", message: /rct.*got "rtc"/ });
    await expect(lab.addReferencePoint({ ...point, kind: "rct", consistency: "none" as "crash" })).rejects.toMatchObject({
      kind: "invalidParameter",
    });
    await expect(lab.addVirtualMachine({ name: "VM", disks: [{} as { name: string }] })).rejects.toMatchObject({
      message: "addVirtualMachine, in disks: name is missing.",
    });
    expect((await lab.describe()).virtualMachines.length).toBeGreaterThan(0);
  });
});

function caught(call: () => unknown): { code?: unknown; message: string } {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}
