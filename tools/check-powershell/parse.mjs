import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../set-up/run.mjs";
import { plantTree } from "./syntax-tree.mjs";

const parser = fileURLToPath(new URL("parse.ps1", import.meta.url));

/**
 * Parses scripts with the parser of a real PowerShell, all of them in one process.
 * @param {string} powershell  a PowerShell 7: it must know the syntax that it is to name
 * @param {string[]} paths
 * @returns {Promise<import("./syntax-tree.mjs").Source[]>}
 */
export async function parseFiles(powershell, paths) {
  const scratch = mkdtempSync(join(tmpdir(), "parse-powershell-"));
  try {
    const list = join(scratch, "files.txt");
    writeFileSync(list, paths.map((path) => `${resolve(path)}\n`).join(""));
    const commandArguments = ["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", parser, list];
    const { ok, stdout, stderr, reason } = await run(powershell, commandArguments, { limitMs: 5 * 60_000 });
    if (!ok) throw new Error(`${powershell} could not parse the scripts: ${reason}\n${stderr}`);
    const lines = stdout.trim().split("\n");
    return paths.map((path, index) => plantTree(path, readFileSync(path, "utf8"), JSON.parse(lines[index])));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
