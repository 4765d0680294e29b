import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Simulator, SimulatorHost } from "../../provider/host/simulator/index";

/** What the machines of the lab hold. Small: what is proved is what happens, not how much of it. */
const machines = [
  {
    name: "SQL01",
    disks: [
      { name: "system.vhdx", bytes: 20 * 1024 },
      { name: "data.vhdx", bytes: 6 * 1024 },
    ],
    points: ["s1", "s2", "s3"],
  },
  { name: "WEB01", disks: [{ name: "web.vhdx", bytes: 12 * 1024 }], points: ["w1", "w2"] },
] as const;

export type PointName = "s1" | "s2" | "s3" | "w1" | "w2";

export interface Point {
  readonly id: string;
  readonly machine: string;
  /** The point before it on the same machine. */
  readonly base: PointName | undefined;
  readonly disks: readonly string[];
  /** SHA-256 of each disk as it was at the point. */
  readonly content: ReadonlyMap<string, string>;
}

/** The lab that every sequence starts from a copy of, and full exports to restore differential ones on. */
export interface LabTemplate {
  readonly root: string;
  readonly lab: string;
  readonly points: ReadonlyMap<PointName, Point>;
  /** The full export of these disks of a point. */
  library(point: PointName, disks: readonly string[]): string;
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
  await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0, completion: "synchronous" });
  const points = new Map<PointName, Point>();
  for (const { name, disks, points: names } of machines) {
    await lab.addVirtualMachine({ name, disks });
    let base: PointName | undefined;
    for (const [index, point] of names.entries()) {
      for (const disk of disks) {
        await lab.writeToDisk({
          virtualMachine: name,
          disk: disk.name,
          offset: 1024 * (index + 1),
          bytes: 700,
          seed: `${point}/${disk.name}`,
        });
      }
      const { id } = await lab.addReferencePoint({ virtualMachine: name, kind: "rct" });
      const content = new Map<string, string>();
      for (const disk of disks) {
        content.set(disk.name, await lab.diskSha256({ virtualMachine: name, disk: disk.name, referencePoint: id }));
      }
      points.set(point, { id, machine: name, base, disks: disks.map((disk) => disk.name), content });
      base = point;
    }
  }
  await fillLibrary(lab, points);
  await lab.configure({ completion: "job" });
  return { root, lab: directory, points, library };
}

function library(point: PointName, disks: readonly string[]): string {
  return path.join(root, "library", `${point}-${[...disks].sort().join("-")}`);
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
      const disksToExport = machine.disks.filter((disk) => disks.includes(disk.name)).map((disk) => disk.instanceId);
      const request = { virtualMachineId: machine.id, referencePointId: point.id, disksToExport, exportDirectory };
      const [answer] = await host.exportReferencePoints([request]);
      if (!answer?.ok) throw answer?.error ?? new Error("The host did not answer.");
    }
  }
  await host.close();
}

function subsets(disks: readonly string[]): string[][] {
  return disks.length === 1 ? [[...disks]] : [[...disks], ...disks.map((disk) => [disk])];
}
