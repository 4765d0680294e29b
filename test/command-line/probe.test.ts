import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probeStepNames } from "../../provider/domain/probe/probe-steps";
import { Simulator } from "../../provider/host/simulator/index";
import { clean, neverSettled, probe, steps } from "./run-probe";
import { runTool, toolPath } from "./run-tool";

let scratch: string;
let lab: Simulator;
let directory: string;
let out: string;
let host: readonly string[];
beforeEach(async () => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "probe-of-the-site-")));
  lab = await Simulator.open(join(scratch, "lab"));
  await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 50, pointJobDuration: 10 });
  directory = join(scratch, "given");
  mkdirSync(directory);
  out = join(scratch, "report.json");
  host = ["--host", `simulator:${lab.directory}`];
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const machines = async () => (await lab.describe()).virtualMachines.map(({ name }) => name);
const others = ["SQL01", "WEB01", "DC01", "FILE01", "TEST01", "TEST01"];
const nothingLeft = async () => {
  expect([await machines(), readdirSync(directory)]).toEqual([others, []]);
  const records = join(lab.directory, "records");
  if (existsSync(records)) expect(readdirSync(records).filter((name) => name !== "bases")).toEqual([]);
};

const words = () => [toolPath, "probe", ...host, "--directory", directory, "--create-and-remove-a-test-machine", "--out", out];

/** The tool, once a file that it makes below the directory is there. */
async function begun(isThere: (files: readonly string[]) => boolean) {
  const tool = spawn(process.execPath, words());
  let output = "";
  tool.stdout.on("data", (data) => {
    output += data;
  });
  const ended = new Promise<number | null>((resolve) => tool.on("close", (code) => resolve(code)));
  while (!isThere(readdirSync(directory, { recursive: true, encoding: "utf8" }))) await new Promise((wake) => setTimeout(wake, 20));
  return { tool, ended, output: () => output };
}

const isExporting = (files: readonly string[]) => files.some((name) => /full.*\.vhdx$/.test(name));

describe("probe", () => {
  it("without a flag says what it would do, does nothing, and ends as for wrong use", async () => {
    const { code, output, errors } = await runTool(["probe", "--host", "simulator:/nowhere/lab", "--directory", directory]);
    expect(code).toBe(2);
    expect(output).toMatch(
      /^On the simulator in \/nowhere\/lab, a probe would\n( {2}\d\. .*\n){9}The machine has no network.*\nNothing was done\.\n$/,
    );
    expect(errors).toMatch(/Code: invalid-arguments\n$/);
    for (const words of [
      [],
      ["--directory", "relative"],
      ["--directory", directory, "--out", join(scratch, "nowhere", "x.json")],
      ["--directory", directory, "--out", scratch],
      ["--directory", directory, "--clean"],
    ]) {
      const wrong = await runTool(["probe", "--host", "local", "--create-and-remove-a-test-machine", ...words]);
      expect([wrong.code, wrong.output, wrong.errors.match(/Code: .*/)?.[0]]).toEqual([2, "", "Code: invalid-arguments"]);
    }
    await nothingLeft();
  });

  it("learns what can be learnt, and leaves nothing but a report that names nothing of the site", async () => {
    const probed = await probe([...host, "--directory", directory], out);
    expect([probed.code, probed.report.result]).toEqual([0, "complete"]);
    expect(steps(probed)).toEqual(probeStepNames.map((step) => `${step} fine`));
    expect(probed.output).toMatch(
      /^ok {7}look at the host .*\n(ok.*\n){8}\nComplete: 11 of 16 open questions are answered\. The report is in .*\n$/,
    );
    const { facts, exports, instances, left, foreign } = probed.report;
    expect(facts.filter(({ settled }) => !settled).map(({ fact }) => fact)).toEqual(neverSettled);
    expect(facts.find(({ fact }) => fact === "job-class")?.answer).toBe("Msvm_VirtualSystemReferencePointExportJob");
    expect(facts.find(({ fact }) => fact === "job-cancellable")?.answer).toMatch(
      /fullExport, ended: true; .*cancelledExport, running: true$/,
    );
    expect([left, foreign]).toEqual([[], []]);
    expect(exports.at(-1)).toMatchObject({ step: "cancelledExport", endedWith: "job-terminated" });
    expect(instances.filter(({ of }) => of === "point")).toHaveLength(2);
    const [full, differential] = exports;
    const disk = full?.entries.find(({ path }) => path.endsWith(".vhdx"));
    expect(disk).toMatchObject({ bytes: 64 * 1024 * 1024, isTheDisk: true });
    // Nothing was written in between.
    expect(differential?.entries.filter(({ kind, bytes }) => kind === "file" && bytes > 1024 * 1024)).toEqual([]);
    for (const name of [scratch, hostname(), userInfo().username, "given"]) {
      expect(probed.text, name).not.toMatch(new RegExp(`(?<![\\p{L}\\p{N}])${name.replace(/[.]/g, "\\.")}(?![\\p{L}\\p{N}])`, "iu"));
    }
    expect(probed.text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/i);
    await nothingLeft();
  });

  it("of a host that exports at once is complete, and cannot say what a cancelled job leaves", async () => {
    await lab.configure({ completion: "synchronous" });
    const probed = await probe([...host, "--directory", directory], out);
    const told = (fact: string) => probed.report.facts.find((one) => one.fact === fact);
    expect([probed.code, told("job-class")?.answer]).toEqual([0, "It answered 0 and started none."]);
    expect(told("after-terminate")).toMatchObject({ settled: false, answer: "The export was over before it was cancelled." });
    await nothingLeft();
  });

  it("is ended by a signal: what was made is removed, and the report says how far it came", async () => {
    await lab.configure({ bytesPerSecond: 1024 * 1024 });
    const { tool, ended, output } = await begun(isExporting);
    tool.kill("SIGINT");
    expect(await ended).toBe(1);
    expect(output()).toMatch(
      /failed {3}export it in full.*\n.*The probe was stopped.*\n.*What to do: .*probe again: it begins anew\.\n.*\n(skipped.*\n){3}ok {7}remove all that it has made/,
    );
    expect(JSON.parse(readFileSync(out, "utf8")).result).toBe("incomplete");
    await nothingLeft();
  });

  it("is ended by a terminal that is closed, of which it hears twice", async () => {
    await lab.configure({ bytesPerSecond: 1024 * 1024 });
    const { tool, ended } = await begun(isExporting);
    tool.stdout.destroy();
    tool.stderr.destroy();
    tool.kill("SIGHUP");
    await new Promise((wake) => setTimeout(wake, 100));
    tool.kill("SIGHUP");
    expect(await ended).toBe(1);
    await nothingLeft();
  });

  it("whose terminal is gone writes to nobody, and removes what it has made", async () => {
    await lab.configure({ bytesPerSecond: 1024 * 1024 });
    const command = [process.execPath, ...words()].map((word) => `'${word}'`).join(" ");
    const terminal = spawn("script", ["-qc", command, "/dev/null"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const isThere = () => isExporting(readdirSync(directory, { recursive: true, encoding: "utf8" }));
    while (!isThere()) await new Promise((wake) => setTimeout(wake, 20));
    terminal.kill("SIGKILL");
    while (!existsSync(out)) await new Promise((wake) => setTimeout(wake, 20));
    await nothingLeft();
  });

  it("that was killed is cleaned, once and for all", async () => {
    await lab.configure({ bytesPerSecond: 1024 * 1024 });
    const { tool, ended } = await begun(isExporting);
    tool.kill("SIGKILL");
    await ended;
    expect(await machines()).toHaveLength(others.length + 1);
    const { code, cleaning } = await clean(host);
    expect([code, cleaning.probes.map(({ left }) => left)]).toEqual([0, [[]]]);
    expect(cleaning.probes[0]?.removed.length).toBeGreaterThan(3);
    await nothingLeft();
    expect((await clean(host)).cleaning.probes).toEqual([]);
    const { code: again, output } = await runTool(["probe", "--clean", ...host]);
    expect([again, output]).toEqual([0, "No probe has left anything.\n"]);
  });

  it("of a host that refuses the machine tells the code, and takes its folder away", async () => {
    await lab.setFaults([{ fault: "accessDenied", method: "createTestMachines" }]);
    const probed = await probe([...host, "--directory", directory], out);
    expect([probed.code, probed.report.steps[2]]).toEqual([
      1,
      expect.objectContaining({ step: "machine", outcome: "failed", code: "access-denied", remedy: expect.stringContaining("Grant") }),
    ]);
    expect(steps(probed).slice(3)).toEqual([...probeStepNames.slice(3, 8).map((step) => `${step} skipped`), "remove fine"]);
    await nothingLeft();
  });

  it("whose machine nobody has heard of says that it may come yet", async () => {
    await lab.setFaults([{ fault: "connectionLostBefore", method: "createTestMachines" }]);
    const probed = await probe([...host, "--directory", directory], out);
    expect([probed.code, probed.report.left]).toEqual([1, [expect.stringMatching(/may come yet: clean again in 5 minutes/)]]);
    const { code } = await clean(host);
    expect(code).toBe(1);
    const later = {
      NODE_OPTIONS: `--require ${join(import.meta.dirname, "..", "support", "shifted-clock.cjs")}`,
      HYPERV_TEST_SHIFT: "360000",
    };
    expect((await clean(host, later)).code).toBe(0);
    await nothingLeft();
  });

  it("names nothing of the way to a host", async () => {
    const file = join(scratch, "host.json");
    const credential = { userName: "OURCORP\\ouraccount", password: { environment: "HV_PASSWORD" } };
    writeFileSync(file, JSON.stringify({ kind: "winrm", computerName: "ourhost.invalid", authentication: "ntlm", credential }));
    const probed = await probe(["--host", file, "--directory", "D:\\Probes"], out, { HV_PASSWORD: "secret" });
    expect(probed.code).toBe(2);
    expect(probed.output).toMatch(/^failed .*\n {9}.*ourhost\.invalid.*\n {11}What to do: .+\n {11}Code: host-unreachable\n/);
    expect(probed.text).not.toMatch(/ourhost|invalid\b(?!-)|ourcorp|ouraccount/i);
  });

  it("whose report cannot be written prints it", async () => {
    const folder = join(scratch, "reports");
    mkdirSync(folder);
    const words = [...host, "--directory", directory, "--create-and-remove-a-test-machine", "--out", join(folder, "report.json")];
    const running = runTool(["probe", ...words]);
    while (readdirSync(directory).length === 0) await new Promise((wake) => setTimeout(wake, 20));
    rmSync(folder, { recursive: true });
    const { code, output, errors } = await running;
    expect([code, errors.match(/Code: .*/)?.[0]]).toEqual([2, "Code: invalid-arguments"]);
    expect(output).toContain('"format": "hyperv-export/probe"');
    await nothingLeft();
  });

  it("of a host that is not there makes nothing, and ends with 2", async () => {
    const probed = await probe(["--host", `simulator:${join(scratch, "none")}`, "--directory", directory], out);
    expect([probed.code, probed.report.steps[0]?.code]).toEqual([2, "host-unreachable"]);
    expect(readdirSync(directory)).toEqual([]);
  });
});
