import { createServer } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { winrmTransport } from "../../provider/host/powershell/index";

afterEach(() => vi.unstubAllEnvs());

it.each(["hush\n", "hush\r\n", "hu\nsh"])(
  "a password that holds a line break (%j) is refused before anybody is asked, and not shown",
  async (password) => {
    let asked = 0;
    const server = createServer((socket) => {
      asked++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    vi.stubEnv("HV_PASSWORD", password);
    const credential = { userName: "svc", password: { environment: "HV_PASSWORD" } };
    const transport = winrmTransport({ computerName: "127.0.0.1", port, authentication: "ntlm", credential });
    const error = await transport.open().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "invalidParameter", message: expect.stringContaining("credential.password holds a line break") });
    expect(JSON.stringify([error, String(error)])).not.toContain("hush");
    expect(asked).toBe(0);
    server.close();
  },
);
