import { afterAll, beforeAll, expect, it } from "vitest";
import type { HostError } from "../../provider/host/port";
import type { PowerShellHost } from "../../provider/host/powershell/index";
import { Simulator } from "../../provider/host/simulator/index";
import { setShellEnvironment } from "../support/powershell";
import type { OpenWay } from "../support/remote-scene";
import type { RemoteWay } from "../support/remote-way";
import { cutSeed, describeMoment, type Moment, seededMoments } from "../support/seeded-moments";
import type { TroubleKind } from "../support/troubled-proxy";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { type Round, type Stage, type Verb, verbs } from "./cut-verbs";
import { isAlive, ShellRoom, until } from "./shell-room";

/** The tests take turns with these: opening a session is what takes time. */
const kinds: readonly (readonly TroubleKind[])[] = [["reset", "delay"], ["stall"], ["close", "delay"]];
/** A stalled opening is given up after it; long enough for one that is not, on a busy machine. */
const shortHandshake = { handshakeMs: 5000 };
const LONGEST_MS = 600_000;
/** Of the requests that follow a loss, one may meet an end that nobody has noticed yet. */
const TRIES = 4;

/**
 * Verbs over a connection that breaks: the right answer or none.
 *
 * @param names of the verbs that are tried
 * @param firstSalt keeps the moments of different tests apart
 */
export function cutVerbs(powershell: string, openWay: OpenWay<RemoteWay>, names: readonly string[], firstSalt: number): void {
  let room: ShellRoom;
  let wmi: Wmi;
  let stage: Stage;
  let troubles = 0;
  const openings = seededMoments(firstSalt + 50, ["reset", "stall", "close", "delay"]);

  beforeAll(async () => {
    room = new ShellRoom(powershell);
    setShellEnvironment();
    const lab = await Simulator.open(room.path("lab"));
    // A job goes on for as long as it is looked at, and one that was cancelled is listed to the end.
    await lab.configure({ bytesPerSecond: 100_000, jobStartDelay: 0, finishedJobLifetime: "1h" });
    wmi = await startWmi(room.path("lab"));
    const machine = (await lab.describe()).virtualMachines.find(({ name }) => name === "SQL01");
    const [point] = machine?.referencePoints ?? [];
    if (machine === undefined || point === undefined) throw new Error("the lab has no point of SQL01");
    stage = { folder: room.folder, lab, virtualMachineId: machine.id, referencePointId: point.id };
  });
  afterAll(async () => {
    await wmi.close();
    await room.remove();
    expect(wmi.broken).toEqual([]);
    console.log(`${troubles} troubles of a connection, at bytes chosen by HYPERV_CUT_SEED=${cutSeed}`);
  });

  /** The kind of the error, or undefined where the answer came; a wrong answer fails. */
  const outcomes = (host: PowerShellHost, { questions }: Round, which: "first" | "again") =>
    Promise.all(
      questions.map(async (question) => {
        let answer: unknown;
        try {
          answer = await question.ask(host);
        } catch (error) {
          if ((error as HostError).kind !== "connectionLost") throw error;
          return "connectionLost" as const;
        }
        await question[which](answer as never);
        return undefined;
      }),
    );

  const answeredAgain = async (host: PowerShellHost, round: Round) => {
    for (let tried = 1; tried <= TRIES; tried++) {
      if ((await outcomes(host, round, "again")).every((outcome) => outcome === undefined)) return;
    }
    throw new Error(`no answer in ${TRIES} tries after the connection was lost`);
  };

  const disturbed = async (way: RemoteWay, host: PowerShellHost, verb: Verb, moment: Moment): Promise<void> => {
    const measured = await verb(stage);
    await host.greeting();
    way.proxy.set();
    await answeredAgain(host, measured);
    const bytes = way.proxy.passed[moment.direction];
    const { processId } = await host.greeting();
    const round = await verb(stage);
    way.proxy.set({ ...moment, afterBytes: Math.max(1, Math.floor(bytes * moment.part)) });
    const met = await outcomes(host, round, "first");
    if (moment.kind === "delay") expect(met.filter((outcome) => outcome !== undefined)).toEqual([]);
    // A round that looks at something until it is done may pass fewer bytes than the one before it.
    const came = !way.proxy.isAhead;
    way.proxy.set();
    if (came) troubles++;
    await round.always?.();
    await answeredAgain(host, round);
    await round.always?.();
    if (came && moment.kind !== "delay") await until(() => !isAlive(processId));
  };

  const nothingIsLeft = async (way: RemoteWay, host: PowerShellHost) => {
    await host.close();
    await way.noShellLeft();
    way.proxy.release();
    await way.nothingLeft();
  };

  for (const [salt, [name, verb]] of names.map((name) => [name, verbs[name] as Verb] as const).entries()) {
    const moments = seededMoments(firstSalt + salt, kinds[(salt + cutSeed) % kinds.length] ?? []);
    it.concurrent(
      `that ${name} gives the right answer or none, at ${moments.map(describeMoment).join(", ")}`,
      async () => {
        const way = await openWay(powershell, wmi.environment);
        try {
          const host = way.host();
          for (const moment of moments) await disturbed(way, host, verb, moment);
          await nothingIsLeft(way, host);
        } finally {
          await way.close();
        }
      },
      LONGEST_MS,
    );
  }

  it.concurrent(
    `that is broken while it is opened, at ${openings.map(describeMoment).join(", ")}, opens with a later request`,
    async () => {
      const way = await openWay(powershell, wmi.environment);
      try {
        const first = way.host();
        await first.greeting();
        const bytes = way.proxy.passed;
        await first.close();
        for (const moment of openings) {
          const host = way.host(shortHandshake);
          way.proxy.set({ ...moment, afterBytes: Math.max(1, Math.floor(bytes[moment.direction] * moment.part)) });
          const met = await host.greeting().then(
            () => undefined,
            (error: HostError) => error.kind,
          );
          // The connection has failed, not the host: nobody has to change anything.
          expect([undefined, "unreachable", "connectionLost"], describeMoment(moment)).toContain(met);
          if (moment.kind === "delay") expect(met).toBeUndefined();
          if (!way.proxy.isAhead) troubles++;
          way.proxy.set();
          await until(async () => (await host.findVirtualMachines(["SQL01"]).catch(() => [])).length > 0);
          await host.close();
        }
        // Where the bridge has not arrived whole, nothing of ours watches for silence there: it is sshd that has to notice.
        way.proxy.release();
        await nothingIsLeft(way, first);
      } finally {
        await way.close();
      }
    },
    LONGEST_MS,
  );

  it("that stalls while it is opened is closed all the same", async () => {
    const way = await openWay(powershell, wmi.environment);
    try {
      const host = way.host({ handshakeMs: 3_600_000 });
      way.proxy.set({ kind: "stall", direction: "toHost", afterBytes: 5000 });
      const greeting = host.greeting().catch((error: HostError) => error.kind);
      await until(() => !way.proxy.isAhead);
      await host.close();
      expect(await greeting).toBe("connectionLost");
      await until(() => way.clients().length === 0, 250);
    } finally {
      await way.close();
    }
  });
}
