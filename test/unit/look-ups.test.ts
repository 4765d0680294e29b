import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LookUpName } from "../../provider/domain/look-ups/look-up-tables";
import { type Host, HostError } from "../../provider/host/port";
import { openSimulatorHost, Simulator } from "../../provider/host/simulator/index";
import { type Hosts, openSession } from "../../provider/lifecycle/door";
import { LookUps } from "../../provider/lifecycle/look-ups";
import { machines, points } from "../engine/workplace";
import { decorate, type Intervention } from "../support/decorated-host";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "look-ups-")));
const host = { kind: "simulator", directory: join(scratch, "lab") };
let lab: Simulator;
beforeAll(async () => {
  lab = await Simulator.open(host.directory);
});
afterEach(() => lab.clearFaults());
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** @param change another host than the lab's */
function lookUps(intervene: Intervention = (_, run) => run(), change: (inner: Host) => Host = (inner) => inner): LookUps {
  const hosts: Hosts = {
    session: ({ directory }: { readonly directory?: string }) =>
      openSession(decorate(change(openSimulatorHost(directory ?? "")), intervene)),
    pathStyleOf: () => "posix",
  } as Hosts;
  return new LookUps(hosts);
}

const ask = <Name extends LookUpName>(name: Name, asked: object = {}, secrets: string[] = []) =>
  lookUps().answer(name, { host, ...asked }, secrets);
const namesOf = async (name?: string) => (await ask("getVirtualMachines", { name })).virtualMachines.map((machine) => machine.name);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("nothing was refused"),
    (error: { code: string; message: string }) => error,
  );

describe("virtual machines", () => {
  it("are all that there are, by name and then by id, with their disks", async () => {
    const { virtualMachines } = await ask("getVirtualMachines");
    expect(virtualMachines.map(({ name }) => name)).toEqual(["DC01", "FILE01", "SQL01", "TEST01", "TEST01", "WEB01"]);
    expect(virtualMachines.filter(({ name }) => name === "TEST01").map(({ id }) => id)).toEqual(machines.test01);
    const [sql] = virtualMachines.filter(({ name }) => name === "SQL01");
    expect(sql?.id).toBe(machines.sql01);
    expect(sql?.disks.map(({ path }) => path.split(/[\\/]/).at(-1))).toEqual(["SQL01-system.vhdx", "SQL01-data.vhdx"]);
    for (const disk of sql?.disks ?? []) {
      expect(disk).toMatchObject({ instanceId: expect.stringMatching(/^Microsoft:/), bytes: expect.any(Number) });
    }
  });

  it.each<[string, string[]]>([
    ["sql01", ["SQL01"]],
    ["TEST01", ["TEST01", "TEST01"]],
    ["*01", ["DC01", "FILE01", "SQL01", "TEST01", "TEST01", "WEB01"]],
    ["?c*", ["DC01"]],
    ["SQL", []],
    ["MAIL*", []],
    // A name is asked for, and a GUID is none.
    [machines.sql01, []],
  ])("named %s", async (name, found) => {
    expect(await namesOf(name)).toEqual(found);
  });

  it("that have gone between two questions are left out", async () => {
    const gone: Intervention = async (call, run) => {
      if (call.method !== "findVirtualMachines") return run();
      const answers = (await run()) as { value: { name: string }[] }[];
      return answers.map((answer) => ({ ...answer, value: answer.value.filter(({ name }) => name !== "SQL01") }));
    };
    const { virtualMachines } = await lookUps(gone).answer("getVirtualMachines", { host, name: "*QL*" }, []);
    expect(virtualMachines).toEqual([]);
  });

  it("are asked for in two requests, however many fit", async () => {
    const asked: string[] = [];
    const counted: Intervention = (call, run) => {
      asked.push(call.method);
      return run();
    };
    await lookUps(counted).answer("getVirtualMachines", { host }, []);
    expect(asked.filter((verb) => verb !== "imagine")).toEqual(["listVirtualMachines", "findVirtualMachines"]);
  });

  it("of a lab that is not there yet are those that a create would find, and none is made", async () => {
    const directory = join(scratch, "no-lab");
    const { virtualMachines } = await ask("getVirtualMachines", { host: { kind: "simulator", directory }, name: "WEB*" });
    expect(virtualMachines.map(({ name }) => name)).toEqual(["WEB01"]);
    expect(() => realpathSync(directory)).toThrow();
  });
});

describe("reference points", () => {
  it.each(["SQL01", machines.sql01.toLowerCase()])("of %s", async (virtualMachine) => {
    const found = await ask("getReferencePoints", { virtualMachine });
    expect(found).toMatchObject({ virtualMachineId: machines.sql01, virtualMachineName: "SQL01" });
    expect(found.referencePoints.map(({ id }) => id)).toEqual(points.sql01);
    // No order: a program must not learn one from the simulator that a real host does not tell.
    for (const point of found.referencePoints) expect(Object.keys(point)).toEqual(["id", "kind", "consistency", "diskIds"]);
  });

  it("of a machine that has none, and of one that is not there or not the only one", async () => {
    expect((await ask("getReferencePoints", { virtualMachine: "FILE01" })).referencePoints).toEqual([]);
    const wrong = await refusal(ask("getReferencePoints", { virtualMachine: "SQL1" }));
    expect([wrong.code, wrong.message.includes('"SQL01"')]).toEqual(["virtual-machine-not-found", true]);
    const twice = await refusal(ask("getReferencePoints", { virtualMachine: "TEST01" }));
    expect([twice.code, twice.message.includes(machines.test01[0])]).toEqual(["virtual-machine-ambiguous", true]);
  });

  it("of a name that is secret: no error lists what is most like it", async () => {
    const { message } = await refusal(ask("getReferencePoints", { virtualMachine: "SQL1" }, ["virtualMachine"]));
    expect(message).not.toContain("SQL01");
  });
});

describe("a check of a host", () => {
  it("tells what it is, and of directories what is free", async () => {
    await lab.configure({ freeBytes: 812 });
    const there = join(scratch, "there");
    mkdirSync(there);
    const absent = join(scratch, "not", "there", "yet");
    const found = await ask("checkHost", { directories: [there, absent, "/"] });
    await lab.configure({ freeBytes: "native" });
    expect(found).toMatchObject({ ok: true, problems: [], managementService: "running", virtualMachines: 6 });
    expect(found.host).toBe(`the simulator in ${host.directory}`);
    expect([found.computerName, found.account].every((text) => text !== undefined && text !== "")).toBe(true);
    // A simulator has neither a shell nor an identity beside its folder.
    expect(Object.keys(found)).not.toContain("powershellVersion");
    expect(found.directories).toEqual([
      { directory: there, exists: true, canonicalPath: there, freeBytes: 812 },
      { directory: absent, exists: false, freeBytes: 812 },
      { directory: "/", exists: true, canonicalPath: "/", freeBytes: 812 },
    ]);
  });

  it("tells what is wrong with directories, and goes on with the others", async () => {
    const [file, missing, denied] = ["file", "missing", "denied"].map((name) => join(scratch, name)) as [string, string, string];
    writeFileSync(file, "mine");
    await lab.setFaults([
      { fault: "volumeMissing", path: missing },
      { fault: "accessDenied", path: denied },
    ]);
    const found = await ask("checkHost", { directories: [file, missing, scratch, denied] });
    expect(found.ok).toBe(false);
    expect(found.problems.map(({ code, directory }) => [code, directory])).toEqual([
      ["not-a-directory", file],
      ["volume-missing", missing],
      ["access-denied", denied],
    ]);
    for (const { message, remedy, directory } of found.problems) {
      expect([message.split(directory ?? "?").length, remedy.length > 0, message.includes("Code:")]).toEqual([2, true, false]);
    }
    expect(found.directories.map(({ directory }) => directory)).toEqual([scratch]);
  });

  it("answers that the host does not, and throws nothing", async () => {
    await lab.setFaults([{ fault: "hostUnreachable" }]);
    const found = await ask("checkHost", { directories: [scratch] });
    expect(found).toMatchObject({ ok: false, directories: [], problems: [{ code: "host-unreachable" }] });
    expect(found.problems).toHaveLength(1);
  });

  it("names every fault of Hyper-V by its code, and counts no machines that nobody may see", async () => {
    const faulty = (inner: Host) => {
      const inspect = async () => ({
        ...(await inner.inspect()),
        isElevated: false,
        powershell: { version: "5.1.1", edition: "Desktop" },
        managementService: "stopped" as const,
        faults: [
          new HostError("unusable", "The service does not run.", { fault: "managementServiceStopped" }),
          new HostError("unusable", "The token is not elevated.", { fault: "notElevated" }),
        ],
      });
      return new Proxy(inner, {
        get: (target, name) => {
          const member: unknown = name === "inspect" ? inspect : Reflect.get(target, name, target);
          return typeof member === "function" ? member.bind(target) : member;
        },
      });
    };
    const found = await lookUps(undefined, faulty).answer("checkHost", { host, directories: [scratch] }, []);
    expect(found).toMatchObject({ ok: false, elevated: false, powershellVersion: "5.1.1", powershellEdition: "Desktop" });
    expect(found.problems.map(({ code }) => code)).toEqual(["management-service-stopped", "not-elevated"]);
    expect(found).toMatchObject({ managementService: "stopped", directories: [{ exists: true }] });
    expect(found.virtualMachines).toBeUndefined();
  });
});

describe("a host that does not answer", () => {
  it.each<[LookUpName, object]>([
    ["getVirtualMachines", { name: "*" }],
    ["getVirtualMachines", { name: "SQL01" }],
    ["getReferencePoints", { virtualMachine: "SQL01" }],
  ])("is an error of %s, with a remedy", async (name, asked) => {
    await lab.setFaults([{ fault: "hostUnreachable" }]);
    const error = await refusal(ask(name, asked));
    expect([error.code, /What to do: ./.test(error.message)]).toEqual(["host-unreachable", true]);
  });

  it.each<[LookUpName, object]>([
    ["getVirtualMachines", {}],
    ["getReferencePoints", { virtualMachine: "SQL01" }],
  ])("for ever ends %s at its time limit", async (name, asked) => {
    const silent: Intervention = (call, run) => (call.method === "imagine" ? run() : new Promise(() => {}));
    const error = await refusal(lookUps(silent).answer(name, { host, ...asked, timeout: "50ms" }, []));
    expect(error).toMatchObject({ code: "timed-out", remedy: expect.stringContaining("Raise timeout if") });
    expect(error.message).toContain("timeout = 50ms");
  });

  it("for ever is what a check answers", async () => {
    const silent: Intervention = (call, run) => (call.method === "imagine" ? run() : new Promise(() => {}));
    const found = await lookUps(silent).answer("checkHost", { host, timeout: "50ms" }, []);
    expect(found).toMatchObject({ ok: false, problems: [{ code: "timed-out" }] });
  });

  it("once is asked again", async () => {
    await lab.setFaults([{ fault: "connectionLostBefore", method: "listVirtualMachines", count: 1 }]);
    expect(await namesOf("DC*")).toEqual(["DC01"]);
  });
});

describe("arguments that cannot be used are refused at once, all of them, and no value is repeated", () => {
  it.each<[LookUpName, object, RegExp]>([
    ["getVirtualMachines", { nam: "hush" }, /no argument nam; the one most like it is name/],
    ["getVirtualMachines", { name: "" }, /name: must not be empty/],
    ["getVirtualMachines", { timeout: "soon" }, /timeout: Expected a duration/],
    ["getVirtualMachines", { host: undefined }, /host is missing; give it, or the stack's configuration `hyperv:host`/],
    ["getVirtualMachines", { host: { kind: "hush" } }, /host\.kind/],
    ["getVirtualMachines", { host: { kind: "simulator", directory: "lab" } }, /host\.directory: expected an absolute path/],
    ["getReferencePoints", {}, /virtualMachine is missing/],
    ["checkHost", { directories: ["exports"] }, /directories\.0: expected an absolute path/],
    ["checkHost", { directories: "hush" }, /directories/],
    ["checkHost", { name: 1, timeout: "soon" }, /no argument name.*; timeout/],
  ])("%s of %j", async (name, asked, reason) => {
    const { code, message } = await refusal(ask(name, asked));
    expect(code).toBe("invalid-arguments");
    expect(message).toMatch(reason);
    expect(message).not.toContain("hush");
  });
});
