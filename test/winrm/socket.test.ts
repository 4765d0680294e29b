import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { openSocket } from "../../provider/host/powershell/transports/winrm/socket";

it("a connection that is reset before anybody has logged in is no error that ends the process", async () => {
  const server = createServer((client) => void setTimeout(() => client.resetAndDestroy(), 50));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const ended: unknown[] = [];
  const end = (error: unknown) => ended.push(error);
  process.prependOnceListener("uncaughtExceptionMonitor", end);
  const { socket } = await openSocket({ computerName: "127.0.0.1", port, useSsl: false, connectTimeoutMs: 5000 }, "hv01 (WinRM)");
  await new Promise((resolve) => socket.once("close", resolve));
  process.off("uncaughtExceptionMonitor", end);
  expect([socket.errored, ended]).toEqual([expect.objectContaining({ code: "ECONNRESET" }), []]);
  await new Promise((resolve) => server.close(resolve));
});
