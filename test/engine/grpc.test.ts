import { appendFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Properties, ProviderFailure, ProviderProcess } from "./provider-process";
import { CLAIM, DATA_DISK, filesIn, points, Workplace } from "./workplace";

let place: Workplace;
let provider: ProviderProcess;
beforeAll(async () => {
  place = await Workplace.open();
  provider = await ProviderProcess.start();
});
afterAll(async () => {
  await provider.end();
  place.close();
});

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urn = (name: string) => `urn:pulumi:dev::grpc::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::${name}`;

function args(more: Properties = {}): Properties {
  return {
    host: place.host,
    virtualMachine: "SQL01",
    referencePoint: points.sql01[1],
    exportDirectory: place.directory(),
    createUrn: urn(`export-${Math.random()}`),
    ...more,
  };
}

async function checked(given: Properties): Promise<Properties> {
  const { inputs, failures } = await provider.check(given);
  expect(failures).toEqual([]);
  return inputs;
}

/** The error that the call ends with. */
async function failureOf(call: Promise<unknown>): Promise<ProviderFailure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderFailure)) throw new Error(`expected a failure, got ${String(error)}`);
  return error;
}

describe("the provider process", () => {
  it("leads an export through check, create, read, diff, damage, read, update and delete", async () => {
    const inputs = await checked(args({ verification: { level: "content" } }));
    const directory = String(inputs.exportDirectory);
    const { id, properties } = await provider.create(inputs);
    expect(properties).toMatchObject({ ...inputs, exportId: id, status: "intact", problems: [], kind: "full" });
    await place.expectRestorable([directory], points.sql01[1]);
    expect(await provider.diff(id, properties, inputs)).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });

    const read = await provider.read(id, properties);
    expect(read?.properties).toMatchObject(properties);
    expect(read?.inputs).toEqual(inputs);

    appendFileSync(join(directory, DATA_DISK), "x");
    const damaged = await provider.read(id, properties);
    expect(damaged?.properties.status).toBe("damaged");
    // What the preview of an up compares with what is declared.
    expect(damaged?.inputs).toMatchObject({ status: "damaged", problems: [expect.stringContaining("file-resized")] });
    expect(await provider.diff(id, damaged?.properties ?? {}, inputs)).toMatchObject({ changes: true, replaces: [] });

    const repaired = await provider.update(id, damaged?.properties ?? {}, inputs);
    expect(repaired).toMatchObject({ exportId: id, status: "intact", problems: [] });
    await place.expectRestorable([directory], points.sql01[1]);

    await provider.delete(id, repaired);
    expect(existsSync(directory)).toBe(false);
    await provider.delete(id, repaired);
    expect(await provider.read(id, repaired)).toBeUndefined();
    expect(provider.stderr).toBe("");
  });

  it("asked to create with the same inputs again goes on from what is there and exports once", async () => {
    const inputs = await checked(args());
    const before = (await place.lab.calls()).length;
    const first = await provider.create(inputs);
    const second = await provider.create(inputs);
    expect((await place.lab.calls()).length).toBe(before + 1);
    // Whoever knows the first id only has no say any more.
    await provider.delete(first.id, first.properties);
    expect((await provider.read(second.id, second.properties))?.properties).toMatchObject({ exportId: second.id, status: "intact" });
    await provider.delete(second.id, second.properties);
  });

  it("makes twenty exports at once", async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => provider.create(await checked(args({ createUrn: urn(`many-${index}`) })))),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(20);
    for (const { properties } of all) expect(properties.status).toBe("intact");
    await Promise.all(all.map(({ id, properties }) => provider.delete(id, properties)));
    for (const { properties } of all) expect(existsSync(String(properties.exportDirectory))).toBe(false);
  });

  it("says of an unfinished create what exists, and finishes it in an update", async () => {
    await place.lab.setFaults([{ fault: "jobFails", count: 1, errorCode: 32768, errorDescription: "The disk is on fire." }]);
    const inputs = await checked(args());
    const { message, partial } = await failureOf(provider.create(inputs));
    expect(message).toContain("The disk is on fire.");
    expect(message).toContain("Code: job-failed");
    expect(partial?.reasons).toEqual([message]);
    expect(partial?.properties).toMatchObject({ status: "incomplete", exportId: partial?.id });
    expect(await provider.diff(partial?.id ?? "", partial?.properties ?? {}, inputs)).toMatchObject({ changes: true, replaces: [] });
    const finished = await provider.update(partial?.id ?? "", partial?.properties ?? {}, inputs);
    expect(finished).toMatchObject({ exportId: partial?.id, status: "intact" });
    await place.expectRestorable([String(inputs.exportDirectory)], points.sql01[1]);
    await provider.delete(partial?.id ?? "", finished);
  });
});

describe("check", () => {
  it("names every failure at once, by the property's path, under no property and without a secret", async () => {
    const { failures } = await provider.check({
      host: { kind: "simulator", directory: "" },
      virtualMachine: "hush-machine".repeat(200),
      exportDirectory: "hush/relative",
      baseReferencePoint: "hush-base",
      verification: { level: "hush-level", portion: "hush" },
      timeouts: { create: "hush-hours" },
      onDestroy: "hush-keep",
      hushArgument: "hush-value",
      secretInputs: ["exportDirectory", "virtualMachine", "baseReferencePoint", "verification", "timeouts", "onDestroy", "hushArgument"],
    });
    const reasons = failures.map(({ reason }) => reason);
    for (const path of [
      "host.directory",
      "virtualMachine",
      "baseReferencePoint",
      "verification.level",
      "verification.portion",
      "timeouts.create",
      "onDestroy",
    ]) {
      expect(
        reasons.filter((reason) => reason.startsWith(`could not use the argument ${path === "host.directory" ? path : `(${path})`}`)),
      ).toHaveLength(1);
    }
    expect(reasons.join("\n")).toContain("(hushArgument): there is no such argument");
    expect(reasons.join("\n").replace("hushArgument", "")).not.toContain("hush");
    for (const reason of reasons) expect(reason).toMatch(/\n {2}Code: invalid-arguments$/);
    // The engine prints the value of a property that a failure names.
    expect(failures.every(({ property }) => property === "")).toBe(true);
  });

  it("lets unknown values pass, also inside objects and lists", async () => {
    const given = args({
      host: { kind: "simulator", directory: UNKNOWN },
      virtualMachine: UNKNOWN,
      exportDirectory: UNKNOWN,
      disksToExport: ["a.vhdx", UNKNOWN],
      timeouts: { create: UNKNOWN },
      triggers: [UNKNOWN, { deep: [UNKNOWN] }],
    });
    const { inputs, failures } = await provider.check(given);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject(given);
  });

  it("says which argument is missing", async () => {
    const { failures } = await provider.check({});
    const expected = ["host", "virtualMachine", "exportDirectory"].map((name) => `could not use the argument (${name})`);
    expect(failures.map(({ reason }) => reason.split(":")[0])).toEqual(expected);
  });
});

describe("diff", () => {
  it("calls an unknown value an update until it is known", async () => {
    const inputs = await checked(args());
    const olds = { ...inputs, exportId: "x", status: "intact" };
    for (const name of ["exportDirectory", "virtualMachine", "referencePoint", "triggers"]) {
      expect(await provider.diff("x", olds, { ...inputs, [name]: UNKNOWN })).toEqual({
        changes: true,
        replaces: [],
        deleteBeforeReplace: false,
      });
    }
  });

  it("looks for the machine and its point on the new host where that alone changed", async () => {
    const { id, properties } = await provider.create(await checked(args()));
    const lab = await Simulator.open(join(place.scratch, "second-lab"));
    await lab.addVirtualMachine({ name: "SQL02", disks: [{ name: "d.vhdx", bytes: 4096 }] });
    const point = await lab.addReferencePoint({ virtualMachine: "SQL02", kind: "rct" });
    const elsewhere = { ...properties, host: { kind: "simulator", directory: lab.directory } };
    const moved = { ...elsewhere, virtualMachine: "SQL02", referencePoint: point.id };
    expect(await provider.diff(id, properties, moved)).toMatchObject({ changes: true, deleteBeforeReplace: true });
    const missing = await failureOf(provider.diff(id, properties, { ...moved, virtualMachine: "SQL03" }));
    expect(missing.message).toContain("Code: virtual-machine-not-found");
    await provider.delete(id, properties);
  });

  it.each([
    ["the new host goes on to be silent", "second", "host-unreachable"],
    ["the new host has no such machine", "second", "virtual-machine-not-found"],
    ["the old host's machine has no such point", "first", "reference-point-not-found"],
  ] as const)("does not wait for a silent host, and the delete looks before it removes anything: %s", async (_, which, code) => {
    // A host is asked no second time in a process where it has been silent.
    const own = await ProviderProcess.start();
    const labs = { first: place.lab, second: await Simulator.open(join(place.scratch, `lab-${code}`)) };
    const { id, properties } = await own.create(await checked(args({ exportDirectory: place.directory() })));
    const news =
      which === "first"
        ? { ...properties, referencePoint: "Microsoft:11111111-1111-4111-8111-111111111111" }
        : { ...properties, host: { kind: "simulator", directory: labs.second.directory }, virtualMachine: "NONE" };
    await labs[which].setFaults([{ fault: "hostUnreachable" }]);
    expect(await own.diff(id, properties, news)).toMatchObject({ changes: true, deleteBeforeReplace: true });
    if (code !== "host-unreachable") await labs[which].clearFaults();
    const whole = filesIn(String(properties.exportDirectory));
    for (let time = 1; time <= 2; time++) {
      expect((await failureOf(own.delete(id, properties))).message).toContain(`Code: ${code}`);
      expect(filesIn(String(properties.exportDirectory))).toEqual(whole);
    }
    await labs[which].clearFaults();
    // Another plan, which replaces nothing.
    expect(await own.diff(id, properties, { ...properties, onDestroy: "delete" })).toMatchObject({ deleteBeforeReplace: false });
    await own.delete(id, properties);
    await own.end();
  });

  it("ignores what is secret", async () => {
    const inputs = await checked(args());
    const news = { ...inputs, secretInputs: ["virtualMachine"] };
    expect(await provider.diff("x", { ...inputs, status: "intact" }, news)).toMatchObject({ changes: false });
  });
});

describe("secrets", () => {
  it("are in no failure, no log and no reason", async () => {
    const exportDirectory = join(place.scratch, "hush-hush", "deeper", "export");
    const secretInputs = ["exportDirectory", "virtualMachine", "host"];
    const said: string[] = [];
    const unknownMachine = await failureOf(provider.create(await checked(args({ virtualMachine: "hush-machine", secretInputs }))));
    said.push(unknownMachine.message);

    await place.lab.setFaults([{ fault: "jobFails", count: 1 }]);
    const inputs = await checked(args({ exportDirectory, secretInputs }));
    const failed = await failureOf(provider.create(inputs));
    said.push(failed.message, ...(failed.partial?.reasons ?? []), JSON.stringify(failed.partial?.properties.problems));
    const other = await failureOf(provider.create(await checked(args({ exportDirectory, secretInputs }))));
    expect(other.message).toContain("directory-owned-by-another");
    const inside = await failureOf(
      provider.create(await checked(args({ exportDirectory: join(exportDirectory, "inside"), secretInputs }))),
    );
    expect(inside.message).toContain("directory-inside-another-export");
    said.push(other.message, inside.message);
    await place.lab.setFaults([{ fault: "volumeMissing", path: exportDirectory }]);
    const properties = failed.partial?.properties ?? {};
    said.push((await failureOf(provider.read(failed.partial?.id ?? "", properties))).message);
    said.push((await failureOf(provider.delete(failed.partial?.id ?? "", properties))).message);
    await place.lab.clearFaults();
    appendFileSync(join(exportDirectory, "foreign.txt"), "mine");
    await provider.delete(failed.partial?.id ?? "", properties);
    // With the answer, the engine has the warning: it may end the process at once.
    expect(provider.log.some(({ text }) => text.includes("foreign.txt"))).toBe(true);
    said.push(...provider.log.map(({ text }) => text));
    for (const text of said) {
      expect(text).not.toContain("hush");
      expect(text).not.toContain(place.lab.directory);
    }
    expect(said.length).toBeGreaterThan(8);
  });
});

describe("a directory that no export can have", () => {
  it.each(["/", "/usr", "relative", "/srv/../etc"])(
    "is neither read nor deleted from by an edited state or a look-up: %s",
    async (exportDirectory) => {
      const state = { ...args(), exportDirectory, exportId: "x", status: "intact" };
      const started = Date.now();
      expect((await failureOf(provider.read("x", state))).message).toContain("Code: unusable-state");
      expect((await failureOf(provider.delete("x", state))).message).toContain("Code: unusable-state");
      const lookedUp = await failureOf(provider.read("x", { host: place.host, exportDirectory }));
      expect(lookedUp.message).toContain("Code: invalid-arguments");
      // A volume that is listed takes minutes.
      expect(Date.now() - started).toBeLessThan(5000);
    },
  );
});

describe("two processes", () => {
  it("that claim one directory at once: one gets it, the other is told whose it is", async () => {
    const other = await ProviderProcess.start();
    for (let round = 0; round < 5; round++) {
      const exportDirectory = place.directory();
      const mine = await checked(args({ exportDirectory, createUrn: urn("mine") }));
      const theirs = await checked(
        args({ exportDirectory, createUrn: urn("theirs"), virtualMachine: "WEB01", referencePoint: points.web01 }),
      );
      const ends = await Promise.allSettled([provider.create(mine), other.create(theirs)]);
      const won = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
      const lost = ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []));
      expect(won).toHaveLength(1);
      expect(lost).toHaveLength(1);
      expect(lost[0]).toMatch(/belongs to resource "(mine|theirs)" of stack "grpc\/dev"/);
      const point = String(won[0]?.properties.referencePointId);
      await place.expectRestorable([exportDirectory], point, String(won[0]?.properties.virtualMachineName));
      await provider.delete(won[0]?.id ?? "", won[0]?.properties ?? {});
      expect(existsSync(exportDirectory)).toBe(false);
    }
    await other.end();
  });

  it("that export one machine at once take turns, though the host refuses a second export", async () => {
    const other = await ProviderProcess.start();
    await place.lab.configure({ bytesPerSecond: 20_000_000 });
    const both = [await checked(args()), await checked(args({ referencePoint: points.sql01[2] }))] as const;
    const made = await Promise.all([provider.create(both[0]), other.create(both[1])]);
    await place.lab.configure({ bytesPerSecond: "unlimited" });
    expect(made.map(({ properties }) => properties.status)).toEqual(["intact", "intact"]);
    await place.expectRestorable([String(both[0].exportDirectory)], points.sql01[1]);
    await place.expectRestorable([String(both[1].exportDirectory)], points.sql01[2]);
    for (const { id, properties } of made) await provider.delete(id, properties);
    await other.end();
  });
});

describe("hostile properties", () => {
  const bad = fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, "", "x", UNKNOWN, [], {}, "\u0000", "../..", "/", "\ud800", "a".repeat(100_000)),
    fc.jsonValue(),
  );
  const names = ["host", "virtualMachine", "referencePoint", "exportDirectory", "baseReferencePoint", "disksToExport", "verification"];
  const more = ["onDestroy", "timeouts", "triggers", "createUrn", "secretInputs", "status", "problems", "files", "exportId", "nextPortion"];
  const name = fc.constantFrom(...names, ...more, "__proto__", "constructor", "toString", "__defaults");
  const changes = fc.array(fc.tuple(name, bad), { minLength: 1, maxLength: 4 }).map((pairs) => {
    const object: Properties = {};
    for (const [key, value] of pairs) Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    return object;
  });

  it("never end the process, and every call is answered", async () => {
    const settled = (call: Promise<unknown>) =>
      call.then(
        () => "fine",
        (error: unknown) => {
          if (!(error instanceof ProviderFailure)) throw error;
          // A fault of ours would have the code "unexpected" and show a stack.
          expect(error.message).not.toMatch(/unexpected|TypeError|ENOTDIR|at .*\.js:/);
          return "failed";
        },
      );
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        const olds = { ...args(), status: "intact" };
        const given = merged(args(), change);
        await settled(provider.check(given));
        await settled(provider.diff("x", merged(olds, change), args()));
        await settled(provider.read("x", merged(olds, change)));
        await settled(provider.delete("x", merged(olds, change)));
        if (!("exportDirectory" in change)) await settled(provider.update("x", merged(olds, change), olds));
        expect(provider.isRunning).toBe(true);
      }),
      { numRuns: 150 },
    );
    // The process's own objects are as they were.
    const inputs = await checked(args());
    const { id, properties } = await provider.create(inputs);
    expect(properties.status).toBe("intact");
    await provider.delete(id, properties);
  });
});

/** With own keys, also those that an assignment would not make. */
function merged(a: Properties, b: Properties): Properties {
  const result: Properties = {};
  for (const [key, value] of [...Object.entries(a), ...Object.entries(b)]) {
    Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

describe("progress", () => {
  it("goes to the resource's own row, ephemeral, at most once a second", async () => {
    await place.lab.configure({ bytesPerSecond: 3_000_000 });
    const createUrn = urn("slow");
    const { id, properties } = await provider.create(await checked(args({ createUrn })));
    await place.lab.configure({ bytesPerSecond: "unlimited" });
    await provider.delete(id, properties);
    const mine = provider.log.filter(({ text, urn: row }) => row === createUrn && text.startsWith("exporting"));
    expect(mine.length).toBeGreaterThanOrEqual(2);
    expect(mine.length).toBeLessThanOrEqual(5);
    expect(mine.every(({ ephemeral }) => ephemeral)).toBe(true);
    expect(mine.some(({ text }) => /^exporting \d+ % \([\d.]+ [KM]iB of 7(\.\d+)? MiB, [\d.]+ [KM]iB\/s\)$/.test(text))).toBe(true);
    const gaps = mine.slice(1).map(({ at }, index) => at - (mine[index]?.at ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThan(700);
  });
});

describe("the end of the process", () => {
  // Times are of a process, which a busy machine delays: the best of three counts.
  it.each(["SIGINT", "SIGTERM", "stdin"] as const)("%s ends it at once when idle", { retry: 2 }, async (how) => {
    const idle = await ProviderProcess.start();
    await idle.check(args());
    expect(await idle.end(how)).toMatchObject({ code: 0, ms: expect.toSatisfy((ms: number) => ms < 300) });
  });

  it.each(["SIGINT", "stdin"] as const)("%s ends it at once in the middle of an export, whose job goes on", { retry: 2 }, async (how) => {
    await place.lab.configure({ bytesPerSecond: 2_000_000 });
    const busy = await ProviderProcess.start();
    const inputs = (await busy.check(args())).inputs;
    const lost = busy.create(inputs).catch(() => "lost");
    await expect
      .poll(async () => (await place.lab.describe()).jobs.filter(({ jobState }) => jobState === 4).length, { timeout: 10_000 })
      .toBe(1);
    const calls = (await place.lab.calls()).length;
    expect(await busy.end(how)).toMatchObject({ code: 0, ms: expect.toSatisfy((ms: number) => ms < 300) });
    expect(await lost).toBe("lost");
    expect(existsSync(join(String(inputs.exportDirectory), CLAIM))).toBe(true);
    // What the next up does: create again, with the same inputs.
    const { id, properties } = await provider.create(inputs);
    expect(properties.status).toBe("intact");
    expect((await place.lab.calls()).length).toBe(calls);
    await place.lab.configure({ bytesPerSecond: "unlimited" });
    await place.expectRestorable([String(inputs.exportDirectory)], points.sql01[1]);
    await provider.delete(id, properties);
    expect(filesIn(String(inputs.exportDirectory))).toBeUndefined();
  });

  it("a killed process loses nothing either", async () => {
    const inputs = await checked(args());
    const killed = await ProviderProcess.start();
    const lost = killed.create(inputs).catch(() => "lost");
    await expect.poll(() => existsSync(join(String(inputs.exportDirectory), CLAIM)), { interval: 1, timeout: 20_000 }).toBe(true);
    await killed.kill();
    await lost;
    const { id, properties } = await provider.create(inputs);
    await place.expectRestorable([String(inputs.exportDirectory)], points.sql01[1]);
    await provider.delete(id, properties);
    rmSync(String(inputs.exportDirectory), { recursive: true, force: true });
  });
});
