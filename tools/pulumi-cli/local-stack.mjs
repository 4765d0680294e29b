import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pathFor } from "./path-for.mjs";

/**
 * @typedef {object} Ended
 * @property {number} status
 * @property {string} output  standard output and standard error as they came; empty where the caller had them shown
 */

/**
 * A stack whose state, passphrase and plugins live in a scratch folder: the user's own Pulumi log-in is neither used nor touched.
 * @param {{ pulumi: string, binFolder: string }} cli
 * @param {{ project: string, scratch: string, stack: string, env?: NodeJS.ProcessEnv }} where  project: the folder of Pulumi.yaml
 */
export function localStack(cli, { project, scratch, stack, env: extra = {} }) {
  const backend = join(scratch, "backend");
  const temporary = join(scratch, "tmp"); // the CLI and ts-node leave pipes and compiled programs there
  for (const folder of [backend, temporary]) mkdirSync(folder, { recursive: true });
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_")));
  const env = {
    ...own,
    PATH: pathFor(cli.binFolder),
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_HOME: join(scratch, "pulumi-home"),
    PULUMI_CONFIG_PASSPHRASE: "scratch",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    ...extra,
  };

  /** @type {import("node:child_process").ChildProcess | undefined} */
  let running;

  /**
   * Runs one command of the CLI on the stack.
   * @param {string[]} commandArguments
   * @param {{ show?: boolean }} [options]  show: straight to this terminal instead of into the answer
   * @returns {Promise<Ended>}
   */
  const pulumi = (commandArguments, { show = false } = {}) =>
    new Promise((resolve, reject) => {
      const stdio = /** @type {import("node:child_process").StdioOptions} */ (show ? "inherit" : ["ignore", "pipe", "pipe"]);
      const child = spawn(cli.pulumi, [...commandArguments, "--stack", stack], { cwd: project, env, stdio, windowsHide: true });
      running = child;
      let output = "";
      child.stdout?.on("data", (piece) => (output += piece));
      child.stderr?.on("data", (piece) => (output += piece));
      child.once("error", reject);
      child.once("close", (code) => resolve({ status: code ?? 1, output }));
    });

  /** Asks the running command to end, as a first Ctrl-C would. */
  const interrupt = () => running?.kill("SIGINT");
  return { pulumi, interrupt, env };
}
