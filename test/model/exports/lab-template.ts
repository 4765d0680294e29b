import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sha256Of } from "../../../provider/domain/values/sha256";
import { type NewDisk, Simulator, SimulatorHost } from "../../../provider/host/simulator/index";

/**
 * What the machines of the lab hold. Small: what is proved is what happens, not how much of it. Every kind of disk file is there, and a
 * name that two disks of one machine have.
 */
const machines: readonly { readonly name: string; readonly disks: readonly NewDisk[]; readonly points: readonly PointName[] }[] = [
  {
    name: "SQL01",
    disks: [
      { name: "system.vhdx", bytes: 20 * 1024 },
      { name: "quorum.vhds", bytes: 5 * 1024 },
      { name: "data.avhdx", bytes: 6 * 1024 },
    ],
    points: ["s1", "s2", "s3"],
  },
  {
    name: "WEB01",
    disks: [
      { folder: "fast", name: "web.vhd", bytes: 12 * 1024 },
      { folder: "slow", name: "web.vhd", bytes: 7 * 1024 },
    ],
    points: ["w1", "w2"],
  },
];

export type PointName = "s1" | "s2" | "s3" | "w1" | "w2";

export interface Disk {
  readonly instanceId: string;
  /** As a program says it: by the file's name where that tells it from the others. */
  readonly argument: string;
}

export interface Point {
  readonly id: string;
  readonly machine: string;
  /** The point before it on the same machine. */
  readonly base: PointName | undefined;
  readonly disks: readonly Disk[];
  /** SHA-256 of each disk, by its instance id, as it was at the point. */
  readonly content: ReadonlyMap<string, string>;
}

/** The lab that every sequence starts from a copy of, and full exports to restore differential ones on. */
export interface LabTemplate {
  readonly root: string;
  readonly lab: string;
  readonly points: ReadonlyMap<PointName, Point>;
  /** The full export of these disks of a point. */
  library(point: PointName, disks: readonly Disk[]): string;
}

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "model-")));
process.once("exit", () => fs.rmSync(root, { recursive: true, force: true }));

let made: Promise<LabTemplate> | undefined;

export function labTemplate(): Promise<LabTemplate> {
  made ??= make();
  return made;
}

async function make(): Promise<LabTemplate> {
  const directory = path.join(root, "template");
  const lab = await Simulator.open(directory, { machines: "none" });
  await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0, synchronousExports: true });
  const points = new Map<PointName, Point>();
  for (const { name, disks: newDisks, points: names } of machines) {
    const { disks: labDisks } = await lab.addVirtualMachine({ name, disks: newDisks });
    const isNameOfOne = (disk: string) => newDisks.filter((other) => other.name === disk).length === 1;
    const disks = labDisks.map((disk) => ({
      instanceId: disk.instanceId,
      argument: isNameOfOne(disk.name) ? disk.name : disk.instanceId,
    }));
    let base: PointName | undefined;
    for (const [index, point] of names.entries()) {
      for (const { instanceId } of disks) {
        await lab.writeToDisk({
          virtualMachine: name,
          disk: instanceId,
          offset: 1024 * (index + 1),
          bytes: 700,
          seed: `${point}/${instanceId}`,
        });
      }
      const { id } = await lab.addReferencePoint({ virtualMachine: name, kind: "rct" });
      const content = new Map<string, string>();
      for (const { instanceId } of disks) {
        content.set(instanceId, await lab.diskSha256({ virtualMachine: name, disk: instanceId, referencePoint: id }));
      }
      points.set(point, { id, machine: name, base, disks, content });
      base = point;
    }
  }
  await fillLibrary(lab, points);
  await lab.configure({ synchronousExports: false });
  return { root, lab: directory, points, library };
}

function library(point: PointName, disks: readonly Disk[]): string {
  const name = sha256Of(
    disks
      .map(({ instanceId }) => instanceId)
      .sort()
      .join("/"),
  );
  return path.join(root, "library", `${point}-${name.slice(0, 12)}`);
}

async function fillLibrary(lab: Simulator, points: ReadonlyMap<PointName, Point>): Promise<void> {
  const { virtualMachines } = await lab.describe();
  const host = new SimulatorHost(lab.directory);
  for (const [name, point] of points) {
    const machine = virtualMachines.find((one) => one.name === point.machine);
    if (machine === undefined) throw new Error(`The lab has no ${point.machine}.`);
    for (const disks of subsets(point.disks)) {
      const exportDirectory = library(name, disks);
      fs.mkdirSync(exportDirectory, { recursive: true });
      const disksToExport = disks.map((disk) => disk.instanceId);
      const request = { virtualMachineId: machine.id, referencePointId: point.id, disksToExport, exportDirectory };
      const [answer] = await host.exportReferencePoints([request]);
      if (!answer?.ok) throw answer?.error ?? new Error("The host did not answer.");
    }
  }
  await host.close();
}

function subsets(disks: readonly Disk[]): Disk[][] {
  return disks.length === 1 ? [[...disks]] : [[...disks], ...disks.map((disk) => [disk])];
}
