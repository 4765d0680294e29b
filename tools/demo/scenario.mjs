import { existsSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

/**
 * The main job from beginning to end.
 * @param {import("./stage.mjs").Stage} stage
 */
export async function play(stage) {
  await setTheScene(stage);

  stage.step("Preview", "Three exports are declared; nothing has happened yet.");
  await stage.show("preview");
  stage.check(!existsSync(stage.exports), "the preview left the disk alone");

  stage.step("Up", "Hyper-V's jobs are started and watched; each row shows its own progress.");
  await stage.show("up", "--yes", "--skip-preview");

  stage.step("Outputs", "What was exported. The second export of SQL01 holds only what changed since the first.");
  await stage.show("stack", "output");
  const { sql01, "sql01-changes": changes, web01 } = await outputs(stage);
  stage.check(sql01.kind === "full" && changes.kind === "differential", "there is a full export and a differential one on top of it");
  stage.check(changes.totalBytes < sql01.totalBytes, "the differential one is smaller");
  stage.check([sql01, changes, web01].every(isWhole), "every file that is listed is there");

  stage.step("Refresh", "The files are checked against the manifest beside them: all is as it was.");
  await stage.show("refresh", "--yes", "--skip-preview", "--expect-no-changes");

  const disk = join(sql01.directory, sql01.files.find((path) => /\.a?vhdx$/i.test(path)) ?? "");
  const bytes = statSync(disk).size;
  stage.step("Damage", `Somebody cuts a file short: ${disk}`);
  truncateSync(disk, bytes - 4096);

  stage.step("Refresh", "The damage is found, and said property by property.");
  await stage.show("refresh", "--yes", "--skip-preview", "--diff");
  stage.check((await outputs(stage, "--show-secrets")).sql01 !== undefined, "the export is still in the stack");

  stage.step("Up", "The damaged export is made again beside the old one, then takes its place. The other two are left alone.");
  await stage.show("up", "--yes", "--skip-preview");
  stage.check(statSync(disk).size === bytes, "the file is whole again");
  stage.check(
    Object.values(await outputs(stage)).every(({ status }) => status === "intact"),
    "every export is intact",
  );

  stage.step("Destroy", "What was exported is removed, and nothing else.");
  await stage.show("destroy", "--yes", "--skip-preview");
  stage.check(![sql01, changes, web01].some(({ directory }) => existsSync(directory)), "the directories are gone");
}

/** The simulated host, slow enough to watch. */
async function setTheScene(stage) {
  const { Simulator } = await import("pulumi-hyperv-reference-point/simulator");
  const lab = await Simulator.open(stage.host);
  await lab.configure({ bytesPerSecond: 2 * 1024 * 1024 });
  const { virtualMachines } = await lab.describe();
  const points = virtualMachines.find(({ name }) => name === "SQL01").referencePoints;
  await stage.ask("stack", "init");
  const settings = { host: stage.host, exports: stage.exports, firstPoint: points[0].id, secondPoint: points[1].id };
  for (const [name, value] of Object.entries(settings)) await stage.ask("config", "set", name, value);
}

async function outputs(stage) {
  return JSON.parse(await stage.ask("stack", "output", "--json")).exported;
}

function isWhole({ directory, files }) {
  return files.length > 0 && files.every((path) => existsSync(join(directory, path)));
}
