import { spawn } from "node:child_process";

/**
 * Runs a program to its end and answers what it wrote; never rejects. A program that outlives its limit, or this process, is ended
 * together with what it started.
 * @param {string} program
 * @param {string[]} commandArguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limitMs: number }} options
 * @returns {Promise<{ ok: boolean, stdout: string, stderr: string, reason: string }>}
 */
export function run(program, commandArguments, { cwd, env = process.env, limitMs }) {
  return new Promise((resolve) => {
    // Before the child is there: it may run, and a signal come, before the next line does.
    const endOnSignal = (signal) => {
      end(child);
      process.exit(signal === "SIGINT" ? 130 : 143);
    };
    process.once("SIGINT", endOnSignal);
    process.once("SIGTERM", endOnSignal);

    // A process group of its own, so that the end reaches the grandchildren (compilers, curl) too. Windows has no groups: see `end`.
    const child = spawn(program, commandArguments, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    let stdout = "";
    let stderr = "";
    let reason = "";
    child.stdout.on("data", (piece) => (stdout += piece));
    child.stderr.on("data", (piece) => (stderr += piece));

    const timer = setTimeout(() => {
      reason = `it took longer than ${Math.round(limitMs / 1000)} s`;
      end(child);
    }, limitMs);
    const endWithThisProcess = () => end(child);
    // Before the listeners of those who asked for this run: they remove what it writes to.
    process.prependOnceListener("exit", endWithThisProcess);

    const finish = (ok, why) => {
      clearTimeout(timer);
      process.off("exit", endWithThisProcess);
      process.off("SIGINT", endOnSignal);
      process.off("SIGTERM", endOnSignal);
      resolve({ ok, stdout, stderr, reason: why });
    };
    child.once("error", (error) => finish(false, error.message));
    child.once("close", (code, signal) => {
      const why = reason || lastLines(stderr) || lastLines(stdout) || `it ended with ${signal ?? `exit code ${code}`}`;
      finish(code === 0 && !reason, code === 0 && !reason ? "" : why);
    });
  });
}

function end(child) {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    if (process.platform === "win32") spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}

function lastLines(text) {
  return text.trim().split(/\r?\n/).slice(-3).join(" / ").slice(-600);
}
