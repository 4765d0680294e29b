// npm test [-- vitest arguments]: sets up whatever is missing and runs every test.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "./set-up/build.mjs";
import { prepare } from "./set-up/prepare.mjs";
import { repository } from "./set-up/repository.mjs";
import { countTests } from "./testing/count.mjs";

const say = (text) => process.stdout.write(`${text}\n`);

/** @returns {number} the exit code */
function runVitest(vitestArguments) {
  // The temporary folder of everything that the tests start: the Automation API alone leaves one there for every stack.
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "hyperv-tests-")));
  try {
    const report = join(scratch, "report.json");
    const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const env = { ...process.env, HYPERV_TEST_PREPARED: "yes", TMPDIR: scratch, TEMP: scratch, TMP: scratch };
    const { status } = spawnSync(process.execPath, [vitest, "run", ...reporters, ...vitestArguments], {
      cwd: repository,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (!existsSync(report)) {
      say("Vitest ended before it ran a test.");
      return status || 1;
    }
    const counted = countTests(JSON.parse(readFileSync(report, "utf8")));
    if (counted.passed + counted.failed === 0) say("No test ran.");
    say(counted.line);
    return status || (counted.failed > 0 || counted.passed === 0 ? 1 : 0);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

try {
  await prepare(say);
  say("Checking the types of tests, examples and tools");
  for (const project of ["test", "examples", "tools"]) {
    if (compile(["--noEmit", "-p", project]).status !== 0) throw new Error(`tsc -p ${project} failed: correct what it names above.`);
  }
  process.exitCode = runVitest(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
