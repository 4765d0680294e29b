import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Death } from "../support/death";
import { ProbeScene } from "./probe-scene";

let scene: ProbeScene;
beforeEach(async () => {
  scene = await ProbeScene.open();
});
afterEach(() => scene.close());

/** A probe that dies when the host is asked for this, or has done it. */
async function killed(key: string, when: "before" | "after"): Promise<{ readonly name: string; readonly folder: string }> {
  const death = new Death({ key, when });
  await Promise.race([scene.probe(death.intervene), death.moment]);
  expect(death.happened).toBe(true);
  scene.letMinutesPass(6);
  const [name = ""] = fs.readdirSync(scene.directory);
  return { name, folder: path.join(scene.directory, name) };
}

const cleaned = async () => (await scene.clean()).probes[0];
const machines = async () => (await scene.lab.describe()).virtualMachines.map(({ name }) => name);

describe("what is not provably the probe's stays", () => {
  it("a machine of the same name, which somebody has made", async () => {
    const { name, folder } = await killed("createTestMachines#1", "before");
    const { id } = await scene.lab.addVirtualMachine({ name, disks: [] });
    expect((await cleaned())?.left).toEqual([`the machine ${id}: its name or its notes are not the probe's`]);
    expect(await machines()).toEqual(["SOMEBODYS", name]);
    expect([fs.existsSync(folder), scene.recordFiles().length]).toEqual([true, 1]);
  });

  it("a machine of the same name beside its own, which goes", async () => {
    const { name } = await killed("createReferencePoints#1", "before");
    await scene.lab.addVirtualMachine({ name, disks: [] });
    expect(await cleaned()).toMatchObject({ left: [], foreign: [] });
    expect(await machines()).toEqual(["SOMEBODYS", name]);
    expect(fs.readdirSync(scene.directory)).toEqual([]);
  });

  it("its own machine under another name: a person may have taken it over", async () => {
    const { name, folder } = await killed("createReferencePoints#1", "before");
    await scene.lab.renameVirtualMachine({ virtualMachine: name, name: "TAKEN" });
    expect((await cleaned())?.left).toEqual([expect.stringMatching(/its name or its notes are not the probe's$/)]);
    expect(await machines()).toEqual(["SOMEBODYS", "TAKEN"]);
    expect(fs.readdirSync(folder).some((file) => file.endsWith(".vhdx"))).toBe(true);
  });

  it("files in its folder and in those of its exports, with the folders around them", async () => {
    const { folder } = await killed("exportReferencePoints#2", "before");
    for (const at of ["note.txt", "full/note.txt", "Virtual Machines/note.txt"]) {
      fs.mkdirSync(path.dirname(path.join(folder, at)), { recursive: true });
      fs.writeFileSync(path.join(folder, at), "somebody's");
    }
    expect(await cleaned()).toMatchObject({ left: [], foreign: [folder] });
    const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    expect(files).toEqual(["Virtual Machines", "Virtual Machines/note.txt", "full", "full/note.txt", "note.txt"]);
    expect(await machines()).toEqual(["SOMEBODYS"]);
    expect(scene.recordFiles()).toEqual([]);
  });

  it("an export whose claim is somebody else's, and files of which nothing says whose they are", async () => {
    const { folder } = await killed("exportReferencePoints#2", "before");
    const claim = path.join(folder, "full", "reference-point-export.claim.json");
    const ours = fs.readFileSync(claim, "utf8");
    fs.writeFileSync(claim, ours.replaceAll("urn:pulumi:probe::", "urn:pulumi:production::"));
    const before = fs.readdirSync(path.join(folder, "full"), { recursive: true });
    expect(await cleaned()).toMatchObject({ left: [], foreign: [path.join(folder, "full"), folder] });
    expect(fs.readdirSync(path.join(folder, "full"), { recursive: true })).toEqual(before);
  });

  it("an export without its claim: a person must look", async () => {
    const { folder } = await killed("exportReferencePoints#2", "before");
    fs.rmSync(path.join(folder, "full", "reference-point-export.claim.json"));
    expect((await cleaned())?.left).toEqual([`${path.join(folder, "full")}: nothing in it says whose it is`]);
    expect(scene.recordFiles()).toHaveLength(1);
    expect(await machines()).toHaveLength(2);
  });

  it("a folder of that name that was there before: nothing of it is the probe's", async () => {
    const { folder } = await killed("createDirectories#2", "before").catch(() => ({ folder: "" }));
    expect(folder).toBe(scene.directory);
    const [record = ""] = scene.recordFiles();
    const named = path.join(scene.directory, path.basename(path.dirname(record)));
    fs.mkdirSync(named);
    fs.writeFileSync(path.join(named, `probe-${path.basename(named).slice(20, 28)}.vhdx`), "somebody's");
    expect(await cleaned()).toMatchObject({ left: [], foreign: [named] });
    expect(fs.readdirSync(named)).toHaveLength(1);
  });

  it("anything, where the record cannot be read or is another probe's", async () => {
    const { name } = await killed("createReferencePoints#1", "before");
    const [record = ""] = scene.recordFiles();
    const text = fs.readFileSync(record, "utf8");
    for (const damaged of ["{", text.replace(/"id": "[^"]{8}/, '"id": "00000000')]) {
      fs.writeFileSync(record, damaged);
      await expect(scene.clean()).rejects.toMatchObject({ code: "claim-damaged" });
    }
    fs.renameSync(record, `${record}.bak`);
    await expect(scene.clean()).rejects.toMatchObject({ code: "claim-damaged", reason: "it is not there, and other files are" });
    fs.renameSync(`${record}.bak`, record);
    fs.writeFileSync(record, text.replace(/"mark": "[^"]{8}/, '"mark": "00000000'));
    expect((await cleaned())?.left).toHaveLength(1);
    expect(await machines()).toEqual(["SOMEBODYS", name]);
  });
});
