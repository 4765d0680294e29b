import { existsSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

const quietly = ["--yes", "--skip-preview", "--suppress-outputs"];

/**
 * The main job from beginning to end.
 * @param {import("./stage.mjs").Stage} stage
 */
export async function play(stage) {
  await setTheScene(stage);

  stage.step("Preview", "tools/demo/program/index.ts declares three exports. Nothing happens yet.");
  await stage.show("preview", "--suppress-outputs");
  stage.check(!existsSync(stage.exports), "the preview left the disk alone");

  stage.step("Up", "The exports are started and watched: each row shows the progress of its own.");
  await stage.show("up", ...quietly);

  stage.step("Outputs", "What was exported. The second export of SQL01 holds only what changed since the first.");
  await stage.show("stack", "output");
  const { sql01, "sql01-changes": changes, web01 } = await stage.exportsInState();
  stage.check(
    changes.kind === "differential" && totalBytes(changes) < totalBytes(sql01),
    "the differential export is smaller than the full one",
  );
  stage.check([sql01, changes, web01].every(isWhole), "every file that the state lists is there");

  stage.step("Refresh", "The files are held against the manifest beside them: all is as it was.");
  await stage.show("refresh", "--expect-no-changes", ...quietly);

  const disk = join(sql01.exportDirectory, "Virtual Hard Disks", "SQL01-data.vhdx");
  const bytes = statSync(disk).size;
  stage.step("Damage", "Somebody cuts a file short.");
  truncateSync(disk, bytes - 4096);
  process.stdout.write(`   ${disk}: ${bytes} bytes, now ${bytes - 4096}\n`);

  stage.step("Refresh", "The damage is found and shown property by property: see problems and status.");
  await stage.show("refresh", "--diff", ...quietly);
  stage.check((await stage.exportsInState()).sql01.status === "damaged", "the state knows that the export is damaged");

  stage.step("Up", "The damaged export is made again beside the old one and takes its place; the other two are left alone.");
  await stage.show("up", ...quietly);
  stage.check(statSync(disk).size === bytes, "the file has its size again");
  stage.check(
    Object.values(await stage.exportsInState()).every(({ status }) => status === "intact"),
    "every export is intact",
  );

  stage.step("Destroy", "What was exported is removed, and nothing else.");
  await stage.show("destroy", "--remove", ...quietly);
  stage.check(!existsSync(stage.exports) || readdirSync(stage.exports).length === 0, "the directories are gone");
}

/** The simulated host, slow enough to watch. */
async function setTheScene(stage) {
  const { Simulator } = await import("pulumi-hyperv-reference-point/simulator");
  const lab = await Simulator.open(stage.host);
  await lab.configure({ bytesPerSecond: 1024 * 1024 });
  const { virtualMachines } = await lab.describe();
  const [sql01] = virtualMachines.filter(({ name }) => name === "SQL01");
  await stage.ask("stack", "init");
  const settings = {
    host: stage.host,
    exports: stage.exports,
    firstPoint: sql01.referencePoints[0].id,
    secondPoint: sql01.referencePoints[1].id,
  };
  for (const [name, value] of Object.entries(settings)) await stage.ask("config", "set", name, value);
}

function isWhole({ exportDirectory, files }) {
  const listed = filesOf(files);
  return listed.length > 0 && listed.every(({ path, bytes }) => statSync(join(exportDirectory, path)).size === bytes);
}

function totalBytes({ files }) {
  return filesOf(files).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The state has a line a file: SHA-256, bytes, path. */
function filesOf(lines) {
  const parts = lines.map((line) => /^\S+ (?<bytes>\d+) (\(\w+\) )?(?<path>.+)$/.exec(line).groups);
  return parts.map(({ path, bytes }) => ({ path, bytes: Number(bytes) }));
}
