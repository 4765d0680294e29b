import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of the script that runs on a host, in the order in which they build on each other: those of its main thread first. */
const mainThread = ["protocol", "environment", "tasks"];
const files = [
  "paths",
  "real-paths",
  "places",
  "patience",
  "free-space",
  "directories",
  "replacement",
  "text-files",
  "preconditions",
  "look",
];
const hyperV = [
  "queries",
  "visibility",
  "virtual-machines",
  "reference-points",
  "export",
  "jobs",
  "job-subjects",
  "point-methods",
  "point-jobs",
  "point-refusals",
  "checkpoints",
  "checkpoint-methods",
  "checkpoint-jobs",
  "instances",
];
const testMachines = ["machines", "disk"];
const below = (folder, parts) => parts.map((part) => `${folder}/${part}`);
const lanes = [...below("files", files), "task-turns", ...below("hyper-v", hyperV), ...below("test-machines", testMachines)];

/**
 * Joins the parts in provider/host/powershell/bridge/ into the one text that the provider sends, dist/host/powershell/bridge.ps1.
 * @param {string} source provider/
 * @param {string} output dist/
 */
export function writeBridge(source, output) {
  const folder = join(source, "host", "powershell", "bridge");
  const read = (part) => indented(readFileSync(join(folder, `${part}.ps1`), "utf8").replaceAll("\r\n", "\n"));
  const text = [...mainThread.map(read), "#lanes\n", ...lanes.map(read)].join("\n");
  // Not every host reads its input as UTF-8.
  if (/[^\t\n\x20-\x7e]/.test(text)) throw new Error("The bridge must be plain ASCII.");
  const target = join(output, "host", "powershell");
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "bridge.ps1"), text);
}

/** By tabs, since every session sends it all. That no text in it goes over several lines, a test of the parts holds. */
function indented(text) {
  return text.replace(/^(?: {4})+/gm, (blanks) => "\t".repeat(blanks.length / 4));
}
