import { type AddressInfo, connect, createServer } from "node:net";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type WinrmOptions, winrmTransport } from "../../provider/host/powershell/index";
import type { ShellPipe } from "../../provider/host/powershell/transports/transport";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { TroubledProxy } from "../support/troubled-proxy";
import { defaultUser } from "../support/winrm/options";
import { startWinrm, type Winrm } from "../support/winrm/server";
import { ShellRoom, until } from "./shell-room";

describeWithWinrm("a pipe through WinRM", () => {
  let room: ShellRoom;
  let server: Winrm;
  const pipes: ShellPipe[] = [];
  /** What the program on the other side is: a script of sh, read anew by each. */
  const plays = (script: string) => room.write("script", script);
  beforeAll(async () => {
    room = new ShellRoom("");
    server = await startWinrm({
      powershell: room.program(`exec sh ${room.path("script")}`),
      maxEnvelopeBytes: 153_600,
      productVersion: "Stack: 2.0",
    });
  });
  afterAll(async () => {
    await server.close();
    await room.remove();
  });
  afterEach(async () => {
    for (const pipe of pipes.splice(0)) pipe.kill();
    server.clearTroubles();
    await until(() => server.shells.length === 0 && server.connections === 0);
  });

  const open = async (more: Partial<WinrmOptions> = {}) => {
    const { port, certificates } = server;
    const options = {
      computerName: "127.0.0.1",
      port,
      authentication: "basic",
      credential: defaultUser,
      caFile: certificates?.caFile,
    } as const;
    const pipe = await winrmTransport({ ...options, ...more }).open();
    pipes.push(pipe);
    const read = { output: "", errors: "" };
    for (const name of ["output", "errors"] as const) {
      pipe[name].on("data", (text: string) => {
        read[name] += text;
      });
    }
    return { pipe, read };
  };

  it("keeps every byte and their order, both ways, however they are cut", async () => {
    plays("exec cat");
    const piece = fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 2000 }) }, { weight: 1, arbitrary: fc.nat({ max: 400_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(piece, fc.boolean()), { minLength: 1, maxLength: 12 }), async (sizes) => {
        const { pipe, read } = await open();
        let sent = "";
        let at = 0;
        for (const [size, waits] of sizes) {
          const text = Array.from({ length: size }, () => String.fromCharCode(at++ % 251)).join("");
          pipe.input.write(Buffer.from(text, "latin1"));
          sent += text;
          if (waits) await new Promise((resolve) => setTimeout(resolve, 5));
        }
        pipe.input.end();
        expect(await pipe.ended).toEqual({ exitCode: 0 });
        expect(read.output.length).toBe(sent.length);
        expect(read.output === sent).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  it("tells the two outputs apart, and the program's end, which comes after all that it wrote", async () => {
    plays("echo one; echo two >&2; head -c 3000000 /dev/zero | tr '\\0' x; exit 7");
    const { pipe, read } = await open();
    expect(await pipe.ended).toEqual({ exitCode: 7 });
    expect([read.output.slice(0, 5), read.output.length, read.errors]).toEqual(["one\nx", 3_000_004, "two\n"]);
  });

  it("takes a word after the end of the input for nothing, and not for an end of this process", async () => {
    plays("exec cat");
    const { pipe, read } = await open();
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.once("uncaughtExceptionMonitor", note);
    pipe.input.end("x");
    pipe.input.write("y");
    await until(() => read.output === "x");
    pipe.kill();
    await pipe.ended;
    process.off("uncaughtExceptionMonitor", note);
    expect([read.output, uncaught]).toEqual(["x", []]);
  }, 20_000);

  it("always has one Receive out, and never two", async () => {
    plays("exec cat");
    const { pipe, read } = await open({ operationTimeoutMs: 1000 });
    const told = server.told.length;
    for (let count = 1; count <= 30; count++) {
      pipe.input.write("x");
      if (count % 3 === 0) await until(() => read.output.length === count);
    }
    // The server refuses a second Receive of a command while one waits.
    expect(server.told.slice(told).filter(({ operation }) => operation === "Receive").length).toBeGreaterThan(3);
    expect(server.connections).toBe(2);
  });

  it("ends at once when it is killed, whatever the program does, and takes it along", async () => {
    plays("trap '' TERM INT; echo here; while true; do sleep 1; done");
    const { pipe, read } = await open();
    await until(() => read.output === "here\n");
    const before = Date.now();
    pipe.kill();
    expect(await pipe.ended).toEqual({ signal: "SIGKILL" });
    expect(Date.now() - before).toBeLessThan(900);
    expect([server.processes, server.shells]).toEqual([[], []]);
  });

  it("ends in bounded time when it is killed and nobody answers any more", async () => {
    plays("exec cat");
    const proxy = await TroubledProxy.open(server.port);
    const { pipe, read } = await open({ port: proxy.port });
    pipe.input.write("x");
    await until(() => read.output === "x");
    proxy.set({ kind: "stall", direction: "toHost", afterBytes: 1 });
    pipe.input.write("y");
    await until(() => !proxy.isAhead);
    const before = Date.now();
    pipe.kill();
    await pipe.ended;
    expect(Date.now() - before).toBeLessThan(2000);
    await proxy.close();
    await server.endShells();
  });

  it("leaves no connection where it is killed while one is still being made", async () => {
    const slow = createServer((client) => {
      const way = connect(server.port, "127.0.0.1");
      for (const [one, other] of [
        [client, way],
        [way, client],
      ] as const) {
        one.on("error", () => {}).once("close", () => other.destroy());
      }
      way.pipe(client);
      setTimeout(() => client.pipe(way), 1500);
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    const { pipe } = await open({ port: (slow.address() as AddressInfo).port });
    await until(() => server.connections === 1);
    pipe.kill();
    expect(await pipe.ended).toEqual({ signal: "SIGKILL" });
    expect(server.connections).toBe(1);
    await until(() => server.connections === 0);
    await new Promise((resolve) => slow.close(resolve));
  }, 20_000);

  it("removes the shell by another connection where its own was cut", async () => {
    plays("exec cat");
    const { pipe, read } = await open();
    pipe.input.write("x");
    await until(() => read.output === "x");
    server.setTrouble({ operation: "Send", what: { kind: "dropRequest" } });
    pipe.input.write("y");
    expect(await pipe.ended).toMatchObject({ failure: { kind: "connectionLost" } });
    expect([server.processes, server.shells, read.output]).toEqual([[], [], "x"]);
  });
});
