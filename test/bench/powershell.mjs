// What the way to a real host costs: through PowerShell on this machine, over SSH and over WinRM, beside the simulator in-process, in one run.
import { execFileSync, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runnerImport } from "vite";
import { repository } from "../../tools/set-up/repository.mjs";
import { benchFiles } from "./files.mjs";
import { benchLifecycle, median, steps } from "./lifecycle.mjs";
import { ours, variants, withoutCheckpoints } from "./variants.mjs";

const RUNS = 5;
const KEPT_BUSY = { requests: 10_000, polls: 1000 };
const ROUND_TRIPS = 1000;
const MiB = 1024 * 1024;

/** Each is held against what stands beside it in the same run. */
const marks = {
  "up of 200 over local, wall to the simulator": 1.2,
  "up of 200 over local, CPU to the simulator": 1.3,
  "up of 200 over SSH, wall to the simulator": 1.3,
  "up of 200 over WinRM, wall to SSH": 1.3,
  "a round trip over WinRM, time to SSH": 2.5,
  "10 MB read back over WinRM, time to SSH": 3,
  "most connections of a host over WinRM": 2,
  "up of 200 over local, CPU to a shell an operation": 0.05,
  "refresh of 1000 over local, wall to the simulator": 1.2,
  "refresh of 1000 over local, most requests of a kind": 1000 / 50,
  "hashing one file, time to openssl": 1 / 0.95,
  "listing 100000 files, time to find": 2.5,
  "first answer, time to an empty shell": 1.3,
  "resident MiB of the shell": 170,
  "resident of the shell, after to before 10,000 requests and 1,000 polls": 1.1,
};

/** @returns {Promise<string[]>} what misses its mark, in words */
export async function benchPowerShell(workplace, powershell, repetitions, say) {
  process.env.HYPERV_BRIDGE_PATHS = "posix";
  const { sshdProgram } = await load("test/support/sshd.ts");
  if (sshdProgram === undefined) throw new Error("There is no sshd on this machine. Install OpenSSH's server (Debian: openssh-server).");
  const measured = {
    ...(await benchShell(powershell, say)),
    ...(await benchWays(powershell, say)),
    ...(await benchShellFiles(workplace, powershell, say)),
    ...(await benchExports(workplace, powershell, repetitions, say)),
  };
  const names = Object.keys(marks);
  say(["\n| | measured | mark |", "| --- | --- | --- |"].join("\n"));
  for (const name of names) say(`| ${name} | ${measured[name].toFixed(2)} | ${marks[name].toFixed(2)} |`);
  return names.filter((name) => !(measured[name] <= marks[name])).map((name) => `${name}: ${measured[name].toFixed(2)}`);
}

function openHost(powershell) {
  const { PowerShellHost, localTransport } = createRequire(import.meta.url)("../../dist/host/powershell/index.js");
  return new PowerShellHost(localTransport({ executable: powershell }));
}

async function benchShell(powershell, say) {
  say("the first answer, and the shell's memory");
  const times = { ours: [], empty: [] };
  for (let run = 0; run <= RUNS; run++) {
    const host = openHost(powershell);
    times.ours.push(await seconds(() => host.greeting()));
    await host.close();
    times.empty.push(await seconds(async () => execFileSync(powershell, ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "1"])));
  }
  const host = openHost(powershell);
  const { processId } = await host.greeting();
  await keepBusy(host, { requests: 200, polls: 20 });
  const before = residentBytes(processId);
  await keepBusy(host, KEPT_BUSY);
  const after = residentBytes(processId);
  await host.close();
  return {
    "first answer, time to an empty shell": median(times.ours.slice(1)) / median(times.empty.slice(1)),
    "resident MiB of the shell": after / MiB,
    "resident of the shell, after to before 10,000 requests and 1,000 polls": after / before,
  };
}

/** What goes through the pipe of each way: a question that is answered at once, and much in one answer. */
async function benchWays(powershell, say) {
  say("round trips and large answers over SSH and WinRM");
  const folder = mkdtempSync(join(tmpdir(), "hyperv-bench-"));
  writeFileSync(join(folder, "large"), "0123456789".repeat(1_000_000));
  const environment = { HYPERV_BRIDGE_PATHS: "posix" };
  const times = { ssh: { roundTrip: [], large: [] }, winrm: { roundTrip: [], large: [] } };
  const ways = await openWays(powershell, environment);
  let mostConnections = Number.NaN;
  try {
    for (const host of Object.values(ways.hosts)) await keepBusy(host, { requests: 200, polls: 50 });
    for (let run = 0; run <= RUNS; run++) {
      for (const [name, host] of Object.entries(ways.hosts)) {
        const ask = async () => {
          for (let done = 0; done < ROUND_TRIPS; done++) await host.poll({ jobs: [], tasks: ["none"] });
        };
        times[name].roundTrip.push((await seconds(ask)) / ROUND_TRIPS);
        times[name].large.push(await seconds(() => readBack(host, folder)));
      }
    }
  } finally {
    mostConnections = await ways.close();
    rmSync(folder, { recursive: true });
  }
  const [ssh, winrm] = [times.ssh, times.winrm].map(({ roundTrip, large }) => ({
    roundTrip: median(roundTrip.slice(1)),
    large: median(large.slice(1)),
  }));
  const told = ({ roundTrip, large }) => `${(roundTrip * 1000).toFixed(1)} ms, ${large.toFixed(2)} s`;
  say(`a round trip and 10 MB: SSH ${told(ssh)}; WinRM ${told(winrm)}`);
  return {
    "a round trip over WinRM, time to SSH": winrm.roundTrip / ssh.roundTrip,
    "10 MB read back over WinRM, time to SSH": winrm.large / ssh.large,
    "most connections of a host over WinRM": mostConnections,
  };
}

async function readBack(host, directory) {
  const [answer] = await host.readDirectories([{ directory, texts: ["large"], list: false }]);
  if (answer.value?.texts?.large?.length !== 10_000_000) throw new Error("the large text did not come back");
}

async function openWays(powershell, environment) {
  const { PowerShellHost, sshTransport, winrmTransport } = createRequire(import.meta.url)("../../dist/host/powershell/index.js");
  const { startSshd } = await load("test/support/sshd.ts");
  const [sshd, winrm] = [await startSshd(environment), await startWinrmServer(powershell, environment)];
  const { port, userName, hostKey, keyFile } = sshd;
  const hosts = {
    ssh: new PowerShellHost(sshTransport({ hostName: "127.0.0.1", port, userName, hostKey, keyFile, executable: powershell })),
    winrm: new PowerShellHost(winrmTransport(winrm.address)),
  };
  return {
    hosts,
    /** @returns {Promise<number>} connections that the WinRM server has had at once */
    close: async () => {
      await Promise.all(Object.values(hosts).map((host) => host.close()));
      await sshd.close();
      return (await winrm.close()).mostConnections;
    },
  };
}

async function startWinrmServer(powershell, environment) {
  const child = fork(join(repository, "test", "bench", "winrm-server.mjs"));
  const answerTo = (question) =>
    new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", (code) => reject(new Error(`the WinRM server ended with ${code}`)));
      child.send(question);
    });
  const { address } = await answerTo({ powershell, environment });
  return { address, pid: child.pid, close: () => answerTo("close") };
}

async function keepBusy(host, { requests, polls }) {
  const request = { directory: "/nowhere/at all", texts: ["a"], list: true };
  for (let done = 0; done < requests; done += 50) await Promise.all(Array.from({ length: 50 }, () => host.readDirectories([request])));
  for (let poll = 0; poll < polls; poll++) await host.poll({ jobs: [], tasks: ["none"] });
}

async function benchShellFiles(workplace, powershell, say) {
  const rows = await benchFiles(workplace, openHost(powershell), { bytes: 2 * 1024 ** 3, files: 100_000 }, say);
  return { "hashing one file, time to openssl": 1 / rows[0].ratio, "listing 100000 files, time to find": rows.at(-1).ratio };
}

async function benchExports(workplace, powershell, repetitions, say) {
  const simulator = variants.find(({ name }) => name === ours);
  const measured = {};
  await onPlayedHost(workplace, 200, powershell, async ({ local, ssh, winrm, servers }) => {
    // Of an up alone is a mark; the destroy makes room for the next one.
    const ends = steps.filter(({ name }) => name === "up" || name === "destroy");
    const up = { n: 200, variants: [simulator, local, ssh, winrm], steps: ends, servers };
    const rows = await benchLifecycle(workplace, { ...up, repetitions }, say);
    const naively = { ...up, variants: [shellAnOperation(powershell)], repetitions: 1, steps: steps.filter(({ name }) => name === "up") };
    const naive = await benchLifecycle(workplace, naively, say);
    const of = (variant, unit) => [...rows, ...naive].find((row) => row.step === "up" && row.variant === variant)[unit];
    measured["up of 200 over local, wall to the simulator"] = of(local.name, "wall") / of(ours, "wall");
    measured["up of 200 over local, CPU to the simulator"] = of(local.name, "cpu") / of(ours, "cpu");
    measured["up of 200 over SSH, wall to the simulator"] = of(ssh.name, "wall") / of(ours, "wall");
    measured["up of 200 over WinRM, wall to SSH"] = of(winrm.name, "wall") / of(ssh.name, "wall");
    measured["up of 200 over local, CPU to a shell an operation"] = of(local.name, "cpu") / of("shell an operation", "cpu");
    say(
      `CPU seconds of an up: ${[ours, local.name, ssh.name, winrm.name, "shell an operation"].map((name) => `${name} ${of(name, "cpu").toFixed(1)}`).join(", ")}`,
    );
  });
  await onPlayedHost(workplace, 1000, powershell, async ({ local, servers }) => {
    // Only the refresh is measured: what it is of need not be written to the state 1,000 times.
    const quickly = [simulator, local].map((variant) => ({ ...variant, env: { ...variant.env, ...withoutCheckpoints } }));
    const rows = await benchLifecycle(workplace, { n: 1000, repetitions: 1, variants: quickly, steps: steps.slice(0, 3), servers }, say);
    const refresh = (variant) => rows.find((row) => row.step === "refresh" && row.variant === variant);
    measured["refresh of 1000 over local, wall to the simulator"] = refresh(local.name).wall / refresh(ours).wall;
    // Which machine it is, the handshake has told: no request.
    const { machineId: _, ...asked } = refresh(local.name).calls;
    measured["refresh of 1000 over local, most requests of a kind"] = Math.max(...Object.values(asked));
  });
  return measured;
}

/** Plays a host on the lab of `n` machines, which is to be made by the bench itself, and serves it over SSH and WinRM as well. */
async function onPlayedHost(workplace, n, powershell, work) {
  const { startWmi } = await load("test/support/wmi/start-wmi.ts");
  const { startSshd } = await load("test/support/sshd.ts");
  await workplace.openLab(n);
  const wmi = await startWmi(workplace.labFolder(n));
  const environment = { HYPERV_BRIDGE_PATHS: "posix", ...wmi.environment };
  const sshd = await startSshd(environment);
  const winrm = await startWinrmServer(powershell, environment);
  const { port, userName, hostKey, keyFile } = sshd;
  const over = (name, host) => ({ name, env: environment, program: exportsOn(host) });
  try {
    await work({
      local: over("export over local", `Host.local(${JSON.stringify({ executable: powershell })})`),
      ssh: over(
        "export over SSH",
        `Host.ssh(${JSON.stringify({ hostName: "127.0.0.1", port, userName, hostKey, keyFile, executable: powershell })})`,
      ),
      winrm: over("export over WinRM", `Host.winrm(${JSON.stringify(winrm.address)})`),
      servers: [sshd.pid, winrm.pid],
    });
  } finally {
    await winrm.close();
    await sshd.close();
    await wmi.close();
  }
}

function exportsOn(host) {
  return `
    const { Host, ReferencePointExport } = require("pulumi-hyperv-reference-point");
    const host = ${host};
    for (let i = 0; i < Number(process.env.BENCH_N); i++)
      new ReferencePointExport("r" + i, { host, virtualMachine: "vm" + i, exportDirectory: process.env.BENCH_EXPORTS + "/vm" + i });`;
}

/** The naive peer: a real PowerShell is started for each operation, and does nothing. */
function shellAnOperation(powershell) {
  const { program } = variants.find(({ name }) => name === "command");
  const start = `execFile(${JSON.stringify(powershell)}, ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "1"]`;
  return {
    name: "shell an operation",
    program: program.replace('execFile("/bin/sh", ["-c", "sleep 0.35; echo done"]', start.replaceAll("'", "\\'")),
  };
}

/** The stand-ins are TypeScript, and no part of what is built. */
async function load(file) {
  const { module } = await runnerImport(join(repository, file), { root: repository, configFile: false, logLevel: "error" });
  return module;
}

function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

async function seconds(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
