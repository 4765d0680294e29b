// npm test [-- vitest arguments]: sets up whatever is missing and runs every test.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { powerShellVariable } from "./powershell/ensure.mjs";
import { compile } from "./set-up/build.mjs";
import { prepare, preparePowerShell, prepareWinrmPeers } from "./set-up/prepare.mjs";
import { repository } from "./set-up/repository.mjs";
import { countTests } from "./testing/count.mjs";
import { aboutLeftOut, leftOut } from "./testing/left-out.mjs";

const say = (text) => process.stdout.write(`${text}\n`);
const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");

/**
 * @param {string[]} vitestArguments
 * @param {Awaited<ReturnType<typeof preparePowerShell>>} powershell
 * @returns {number} the exit code
 */
function runTests(vitestArguments, powershell) {
  const found = "found" in powershell ? powershell.found : undefined;
  const files = leftOut(listFiles(vitestArguments), found?.version);
  const why = "missing" in powershell ? powershell.missing : `They need PowerShell 7; ${found.powershell} is ${found.version}.`;
  const { text, fails } = aboutLeftOut(files, why, process.env);
  const excluded = files.flatMap((file) => ["--exclude", file]);
  const env = found === undefined ? {} : { [powerShellVariable]: found.powershell };
  const { status, line } = runVitest([...vitestArguments, ...excluded], env);
  if (text !== "") say(text);
  say(line);
  return status || (fails ? 1 : 0);
}

/** The test files that Vitest would run with these arguments. */
function listFiles(vitestArguments) {
  const { status, stdout } = spawnSync(process.execPath, [vitest, "list", "--filesOnly", ...vitestArguments, "--json"], {
    cwd: repository,
    encoding: "utf8",
    env: { ...process.env, HYPERV_TEST_PREPARED: "yes" },
  });
  if (status !== 0) return []; // the run itself will say what is wrong with them
  const files = JSON.parse(stdout.slice(stdout.indexOf("["))).map(({ file }) => file);
  return files.map((file) => relative(repository, file).split(sep).join("/"));
}

/**
 * @param {string[]} vitestArguments
 * @param {NodeJS.ProcessEnv} environment
 * @returns {{ status: number, line: string }} the exit code and the closing line
 */
function runVitest(vitestArguments, environment) {
  // The temporary folder of everything that the tests start: the Automation API alone leaves one there for every stack.
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "hyperv-tests-")));
  try {
    const report = join(scratch, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const env = { ...process.env, HYPERV_TEST_PREPARED: "yes", TMPDIR: scratch, TEMP: scratch, TMP: scratch, ...environment };
    const { status } = spawnSync(process.execPath, [vitest, "run", ...reporters, ...vitestArguments], {
      cwd: repository,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (!existsSync(report)) {
      return { status: status || 1, line: "Vitest ended before it ran a test." };
    }
    const counted = countTests(JSON.parse(readFileSync(report, "utf8")));
    if (counted.passed + counted.failed === 0) say("No test ran.");
    return { status: status || (counted.failed > 0 || counted.passed === 0 ? 1 : 0), line: counted.line };
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

try {
  await prepare(say);
  const powershell = await preparePowerShell(say);
  await prepareWinrmPeers(say);
  say("Checking the types of tests, examples and tools");
  for (const project of ["test", "examples", "tools"]) {
    if (compile(["--noEmit", "-p", project]).status !== 0) throw new Error(`tsc -p ${project} failed: correct what it names above.`);
  }
  process.exitCode = runTests(process.argv.slice(2), powershell);
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
