// The tests' WinRM server in a process of its own, as sshd is one. Told by IPC: what it is started with, and when to end.
import { join } from "node:path";
import { runnerImport } from "vite";
import { repository } from "../../tools/set-up/repository.mjs";

const load = async (file) =>
  (await runnerImport(join(repository, file), { root: repository, configFile: false, logLevel: "error" })).module;
const { startWinrm } = await load("test/support/winrm/server.ts");
const { defaultUser } = await load("test/support/winrm/options.ts");

process.once("message", async (options) => {
  const server = await startWinrm(options);
  const { port, certificates } = server;
  process.send({
    address: { computerName: "127.0.0.1", port, authentication: "basic", credential: defaultUser, caFile: certificates.caFile },
  });
  process.once("message", async () => {
    const { mostConnections } = server;
    await server.close();
    process.send({ mostConnections }, () => process.exit());
  });
});
process.once("disconnect", () => process.exit());
