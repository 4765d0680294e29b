import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Program, ProgramHosts } from "../../provider/fronts/program-hosts";
import { Simulator } from "../../provider/host/simulator/index";
import type { Hosts } from "../../provider/lifecycle/door";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "program-hosts-")));
const trace = join(scratch, "trace.jsonl");
const host = { kind: "simulator", directory: join(scratch, "lab") } as const;
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(async () => {
  await Simulator.open(host.directory);
  process.env.HYPERV_TRACE = trace;
});
afterEach(() => {
  delete process.env.HYPERV_TRACE;
  rmSync(trace, { force: true });
});

/** A program whose engine answers when it is told to. */
class PlayedProgram implements Program {
  readonly identity = {};
  held = 0;
  private answers: Promise<unknown> = Promise.resolve();

  engineAnswers(): Promise<unknown> {
    return this.answers;
  }

  keepAlive(): () => void {
    this.held++;
    return this.ask(() => this.held--);
  }

  /** Asks the engine something; what is returned answers it. */
  ask(answered: () => void = () => {}): () => void {
    let answer = () => {};
    const one = new Promise<void>((resolve) => {
      answer = resolve;
    });
    this.answers = Promise.all([this.answers, one]);
    return () => {
      answered();
      answer();
    };
  }
}

const machinesOf = async (hosts: Hosts) => (await hosts.session(host).host.findVirtualMachines("SQL01")).length;
const verbs = () =>
  existsSync(trace)
    ? readFileSync(trace, "utf8")
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { verb: string }).verb)
    : [];
const closed = () => verbs().filter((verb) => verb === "close").length;

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

it("shares a session among those who ask one after the other and at the same time, and closes it when the program waits for nothing", async () => {
  const program = new PlayedProgram();
  const registered = program.ask();
  const ask = () => ProgramHosts.of(program).use(machinesOf);
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await ask()).toBe(1);
  expect(verbs()).toEqual(["findVirtualMachines", "findVirtualMachines"]);
  registered();
  await until(() => closed() > 0);
  await until(() => program.held === 0);
  expect(closed()).toBe(1);
});

it("keeps the program from ending until its sessions have ended", async () => {
  const program = new PlayedProgram();
  // As a program does that has nothing more to ask: it ends as soon as nobody keeps it.
  let ended = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const asking = program.ask();
  const answered = ProgramHosts.of(program).use(machinesOf);
  void (async () => {
    for (let last: unknown; last !== program.engineAnswers(); ) {
      last = program.engineAnswers();
      await last;
    }
    ended();
  })();
  await answered;
  asking();
  await end;
  expect([closed(), program.held]).toEqual([1, 0]);
});

it("stays open where the program asks the engine for more before it is closed", async () => {
  const program = new PlayedProgram();
  await ProgramHosts.of(program).use(machinesOf);
  const registered = program.ask();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(closed()).toBe(0);
  registered();
  await until(() => closed() === 1);
  await until(() => program.held === 0);
});

it("closes after a failure as well, and opens anew for who asks later", async () => {
  const program = new PlayedProgram();
  const failing = ProgramHosts.of(program).use(async (hosts) => {
    await machinesOf(hosts);
    throw new Error("the program's own");
  });
  await expect(failing).rejects.toThrow("the program's own");
  await until(() => closed() === 1);
  expect(await ProgramHosts.of(program).use(machinesOf)).toBe(1);
  await until(() => closed() === 2);
});

it("closes at once after what is asked last, and not while somebody else is asking", async () => {
  const program = new PlayedProgram();
  program.ask();
  let answer = () => {};
  const other = ProgramHosts.of(program).use(async (hosts) => {
    await machinesOf(hosts);
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return machinesOf(hosts);
  });
  await ProgramHosts.of(program).use(machinesOf, { isLast: true });
  expect(closed()).toBe(0);
  answer();
  expect(await other).toBe(1);
  await ProgramHosts.of(program).use(machinesOf, { isLast: true });
  expect(closed()).toBe(1);
});

it("closes in the end where nobody learns that the program waits for nothing, as after a registration that failed", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  try {
    const program = new PlayedProgram();
    program.ask();
    await ProgramHosts.of(program).use(machinesOf);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(closed()).toBe(0);
    await vi.advanceTimersByTimeAsync(2000);
    expect([closed(), program.held]).toEqual([1, 0]);
  } finally {
    vi.useRealTimers();
  }
});

it("is not shared by two programs of one process", async () => {
  const [one, other] = [new PlayedProgram(), new PlayedProgram()];
  expect(ProgramHosts.of(one)).toBe(ProgramHosts.of(one));
  expect(ProgramHosts.of(one)).not.toBe(ProgramHosts.of(other));
  other.ask();
  await Promise.all([one, other].map((program) => ProgramHosts.of(program).use(machinesOf)));
  await until(() => closed() === 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(closed()).toBe(1);
  await ProgramHosts.of(other).close();
});
