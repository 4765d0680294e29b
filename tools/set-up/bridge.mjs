import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of the script that runs on a host, in the order in which they build on each other. */
const parts = ["protocol", "environment", "files", "tasks", "hyper-v"];

/**
 * Joins provider/host/powershell/bridge/*.ps1 into the one text that the provider sends, dist/host/powershell/bridge.ps1.
 * @param {string} source provider/
 * @param {string} output dist/
 */
export function writeBridge(source, output) {
  const folder = join(source, "host", "powershell", "bridge");
  const text = parts.map((part) => readFileSync(join(folder, `${part}.ps1`), "utf8").replaceAll("\r\n", "\n")).join("\n");
  // Not every host reads its input as UTF-8.
  if (/[^\t\n\x20-\x7e]/.test(text)) throw new Error("The bridge must be plain ASCII.");
  const target = join(output, "host", "powershell");
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "bridge.ps1"), text);
}
