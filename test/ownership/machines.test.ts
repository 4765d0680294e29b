import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { type Host, HostError } from "../../provider/host/port";
import { SimulatorHost } from "../../provider/host/simulator/index";
import { openSession, type Stored } from "../../provider/lifecycle/door";
import { Exports, UnfinishedExport } from "../../provider/lifecycle/exports";
import { bytesBelow } from "../support/files-below";
import { Scene } from "../support/scene";

const hv01 = { kind: "ssh", hostName: "hv01" } as const;
const fqdn = { kind: "ssh", hostName: "hv01.corp.example" } as const;
const away = { kind: "ssh", hostName: "away" } as const;

/** All names lead to the one lab; which machine it calls itself, the test decides. */
let machine: Record<string, string>;
let scene: Scene;
let scratch: string;
let exports: Exports;
let warnings: string[];
let host: SimulatorHost;
const voice = { progress: () => {}, warn: (text: string) => warnings.push(text), conclude: () => {}, concludeIfShown: () => {} };

beforeEach(async () => {
  scene = await Scene.open();
  scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "hyperv-machines-")));
  host = new SimulatorHost(scene.labDirectory);
  warnings = [];
  machine = { hv01: "machine 1", "hv01.corp.example": "machine 1" };
  const sessions = new Map<string, ReturnType<typeof openSession>>();
  exports = new Exports({
    session: (input) => {
      const name = input.kind === "ssh" ? input.hostName : input.kind;
      const known = sessions.get(name) ?? openSession(named(name));
      sessions.set(name, known);
      return known;
    },
    pathStyleOf: () => "posix",
  });
});
afterEach(async () => {
  await host.close();
  scene.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

function named(name: string, more: Partial<Host> = {}): Host {
  return new Proxy(host, {
    get(target, member) {
      if (member !== "machineId") {
        const value: unknown = Reflect.get({ ...more }, member) ?? Reflect.get(target, member, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return async () => {
        const id = machine[name];
        if (id === undefined) throw new HostError("unreachable", `${name} does not answer.`);
        return id;
      };
    },
  });
}

// A scene lies in memory, in a folder of the system, which the door refuses.
const inputs = (on: ExportInputs["host"]) => scene.inputs({ host: on, exportDirectory: path.join(scratch, "export") });
const stored = (state: ExportState): Stored => ({ id: state.exportId, properties: { ...state } });
const withoutId = ({ hostMachineId: _, ...state }: ExportState): ExportState => state;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error,
  );

it("another name of the same machine is an update that exports nothing", async () => {
  const state = await exports.create(inputs(hv01), voice);
  expect(state.hostMachineId).toBe("machine 1");
  expect(await exports.diff(stored(state), inputs(fqdn), voice)).toEqual({ changes: true, replaces: [], deleteBeforeReplace: false });
  expect(await exports.update(stored(state), inputs(fqdn), voice)).toMatchObject({
    host: fqdn,
    hostMachineId: "machine 1",
    status: "intact",
  });
  expect(await scene.calls()).toBe(1);
});

it("a plan tries a host twice that does not answer, and the change as often as ever", async () => {
  const state = await exports.create(inputs(hv01), voice);
  let asked = 0;
  const refusing = openSession(
    named("away", {
      findVirtualMachines: async () => {
        asked++;
        throw new HostError("unreachable", "away does not answer.");
      },
    }),
  );
  const trying = new Exports({ session: () => refusing, pathStyleOf: () => "posix" });
  machine.away = "machine 1";
  const renamed = { ...inputs(hv01), virtualMachine: "SQL01-renamed" };
  expect(await trying.diff(stored(state), renamed, voice)).toMatchObject({ changes: true, replaces: [] });
  expect(asked).toBe(2);
  expect(await failure(trying.update(stored(state), renamed, voice))).toMatchObject({ code: "host-unreachable" });
  expect(asked).toBe(2 + 5);
});

it("another machine replaces, and the old export on its own disk goes last", async () => {
  const state = await exports.create(inputs(hv01), voice);
  machine["hv01.corp.example"] = "machine 2";
  const difference = await exports.diff(stored(state), inputs(fqdn), voice);
  expect(difference).toEqual({ changes: true, replaces: ["host"], deleteBeforeReplace: false });
});

it("a host that does not answer is an update in the preview, which then fails, with an identity in the state or without", async () => {
  const state = await exports.create(inputs(hv01), voice);
  for (const known of [state, withoutId(state)]) {
    expect(await exports.diff(stored(known), inputs(away), voice)).toMatchObject({ replaces: [] });
    expect(warnings.splice(0).join()).toContain("taken for the same machine");
    expect(await failure(exports.update(stored(known), inputs(away), voice))).toMatchObject({ code: "host-unreachable" });
  }
  // Nobody can tell what the old one is, so nothing is moved to the new one.
  machine = { "hv01.corp.example": "machine 2" };
  expect(await failure(exports.update(stored(withoutId(state)), inputs(fqdn), voice))).toMatchObject({ code: "host-unreachable" });
  machine = { hv01: "machine 1", "hv01.corp.example": "machine 2" };
  expect(await failure(exports.update(stored(withoutId(state)), inputs(fqdn), voice))).toMatchObject({ code: "machine-changed" });
});

it("on another machine neither an absent directory nor an empty one of its name is called gone or damaged", async () => {
  const state = await exports.create(inputs(hv01), voice);
  machine.hv01 = "machine 2";
  expect(await exports.read(stored(state), voice)).toMatchObject({ status: "intact", hostMachineId: "machine 2" }); // it is there
  fs.rmSync(state.exportDirectory, { recursive: true });
  expect(await failure(exports.read(stored(state), voice))).toMatchObject({ code: "machine-changed" });
  expect(await failure(exports.delete(stored(state), voice))).toMatchObject({ code: "machine-changed" });
  fs.mkdirSync(state.exportDirectory);
  for (const work of [
    () => exports.read(stored(state), voice),
    () => exports.delete(stored(state), voice),
    () => exports.update(stored({ ...state, status: "damaged", problems: ["file-missing: all"] }), inputs(hv01), voice),
  ]) {
    expect(await failure(work())).toMatchObject({ code: "machine-changed" });
    expect(fs.readdirSync(state.exportDirectory)).toEqual([]);
  }
  expect(await scene.calls()).toBe(1);
  machine.hv01 = "machine 1";
  fs.rmdirSync(state.exportDirectory);
  expect(await exports.read(stored(state), voice)).toBeUndefined();
});

it("on another machine files that are only called like the export's are neither removed nor replaced", async () => {
  const state = await exports.create(inputs(hv01), voice);
  for (const record of [CLAIM_FILE, MANIFEST_FILE]) fs.rmSync(path.join(state.exportDirectory, record));
  const [{ path: name = "" } = {}] = state.files ?? [];
  fs.writeFileSync(path.join(state.exportDirectory, name), "somebody's own");
  const before = bytesBelow(state.exportDirectory);
  machine.hv01 = "machine 2";
  const damaged = { ...state, status: "damaged" as const, problems: ["claim-missing: it is not there"] };
  for (const work of [() => exports.delete(stored(state), voice), () => exports.update(stored(damaged), inputs(hv01), voice)]) {
    expect(await failure(work())).toMatchObject({ code: "machine-changed" });
    expect(bytesBelow(state.exportDirectory)).toEqual(before);
  }
});

it("refresh and destroy say that a change to the program reaches them by an up; an up, and a look-up, do not", async () => {
  const state = await exports.create(inputs(hv01), voice);
  machine.hv01 = "machine 2";
  fs.rmSync(state.exportDirectory, { recursive: true });
  const needsUp = "after a change to the program run pulumi up first, with the resource in it";
  for (const work of [exports.read(stored(state), voice), exports.delete(stored(state), voice)]) {
    expect(await failure(work)).toMatchObject({ code: "machine-changed", remedy: expect.stringContaining(needsUp) });
  }
  const damaged = { ...state, status: "damaged" as const };
  const lookUp = { id: state.exportId, properties: { ...inputs(hv01) } };
  for (const work of [exports.update(stored(damaged), inputs(hv01), voice), exports.read(lookUp, voice)]) {
    expect(await failure(work)).toMatchObject({ remedy: expect.not.stringContaining(needsUp) });
  }
});

it("a destroy that took too long says that it goes on when it is run again", async () => {
  const state = await exports.create({ ...inputs(hv01), timeouts: { ...scene.timeouts, delete: "50ms" } }, voice);
  const silent = openSession(named("hv01", { readDirectories: () => new Promise(() => {}) }));
  const waiting = new Exports({ session: () => silent, pathStyleOf: () => "posix" });
  expect(await failure(waiting.delete(stored(state), voice))).toMatchObject({
    code: "timed-out",
    remedy: expect.stringMatching(/^Run the command again: it goes on.*run pulumi up first/),
  });
});

it("an unfinished export knows its machine, too", async () => {
  await scene.lab.setFaults([{ fault: "jobFails", count: 1 }]);
  const error = await failure(exports.create(inputs(hv01), voice));
  expect(error).toBeInstanceOf(UnfinishedExport);
  expect((error as UnfinishedExport).state.hostMachineId).toBe("machine 1");
});

it.each(["a new directory", "an empty directory"])("free space that nobody can tell warns and does not block: %s", async (which) => {
  const { exportDirectory } = inputs(hv01);
  if (which === "an empty directory") fs.mkdirSync(exportDirectory, { recursive: true });
  const session = openSession(
    named("hv01", {
      createDirectories: async (directories) =>
        (await host.createDirectories(directories)).map((one) =>
          one.ok ? { ...one, value: { ...one.value, freeBytes: undefined } } : one,
        ),
    }),
  );
  const unknowing = new Exports({ session: () => session, pathStyleOf: () => "posix" });
  expect(await unknowing.create(inputs(hv01), voice)).toMatchObject({ status: "intact" });
  expect(warnings).toEqual([expect.stringContaining("cannot tell the free space")]);
});
