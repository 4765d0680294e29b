import { spawn } from "node:child_process";
import { join } from "node:path";
import { repository } from "../../tools/set-up/repository.mjs";

export const toolPath = join(repository, "dist", "fronts", "command-line", "hyperv-export.js");

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the tool as a shell would, without a terminal. */
export function runTool(words: readonly string[], { cwd, env = {} }: { cwd?: string; env?: Record<string, string> } = {}): Promise<Ended> {
  const tool = spawn(process.execPath, [toolPath, ...words], { ...(cwd && { cwd }), env: { ...process.env, ...env } });
  let output = "";
  let errors = "";
  tool.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  tool.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    tool.on("error", reject);
    tool.on("close", (code) => resolve({ code, output, errors }));
  });
}
