import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll } from "vitest";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { Simulator } from "../../provider/host/simulator/index";
import { removeTree } from "./files-below";
import { type Layout, layouts, usualLayout } from "./layouts";
import { type Reach, simulatorReach } from "./reach";

/** Known in an export by its size: no other file of one is as large. */
export const dataDisk = { name: "data.vhdx", bytes: 40 * 1024 };
const DISKS = [{ name: "system.vhdx", bytes: 96 * 1024 }, dataDisk];

/** What every scene starts from: one machine, two points, a few changed bytes between them. Made once, then copied. */
interface Template {
  readonly directory: string;
  readonly points: readonly [string, string];
  /** SHA-256 of each disk at each point. */
  readonly content: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Thousands of flushes: memory makes them free, and what is proved here is the order of calls, not the disk. */
const memory = fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir();
/** The doors take no folder of the system. */
const disk = os.tmpdir();
const folders = { memory, disk };

interface Root {
  readonly directory: string;
  readonly template: Promise<Template>;
}

const roots = new Map<string, Root>();
afterAll(() => {
  for (const { directory } of roots.values()) removeTree(directory);
});

function rootIn(folder: string): Root {
  const known = roots.get(folder);
  if (known) return known;
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(folder, "hyperv-scenes-")));
  const made = { directory, template: makeTemplate(path.join(directory, "template")) };
  roots.set(folder, made);
  return made;
}

async function makeTemplate(directory: string): Promise<Template> {
  const lab = await Simulator.open(directory, { machines: "none" });
  await lab.addVirtualMachine({ name: "SQL01", disks: DISKS });
  await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0 });
  const first = await lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct" });
  await lab.writeToDisk({ virtualMachine: "SQL01", disk: dataDisk.name, offset: 5000, bytes: 9000, seed: "change" });
  const second = await lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct" });
  const content = new Map<string, Record<string, string>>();
  for (const point of [first.id, second.id]) {
    const sums: Record<string, string> = {};
    for (const { name } of DISKS) sums[name] = await lab.diskSha256({ virtualMachine: "SQL01", disk: name, referencePoint: point });
    content.set(point, sums);
  }
  return { directory, points: [first.id, second.id], content };
}

let scenes = 0;

/** A host with its volume, for one case alone. */
export class Scene {
  readonly volume: string;
  readonly labDirectory: string;
  /** What sessions of this scene that begin from now on go through. */
  reach: Reach;
  private readonly foreign = new Map<string, string>();

  private constructor(
    readonly directory: string,
    readonly lab: Simulator,
    readonly points: readonly [string, string],
    readonly content: ReadonlyMap<string, Readonly<Record<string, string>>>,
    public timeouts: ExportInputs["timeouts"],
  ) {
    this.volume = path.join(directory, "volume");
    this.labDirectory = path.join(directory, "lab");
    this.reach = simulatorReach(this.labDirectory);
  }

  static async open(
    configuration: LabConfiguration = {},
    timeouts = { create: "20s", stall: "10s", delete: "20s" },
    layout: Layout = usualLayout,
    where: keyof typeof folders = "memory",
  ): Promise<Scene> {
    const { directory: root, template } = rootIn(folders[where]);
    const { directory: made, points, content } = await template;
    const directory = path.join(root, `scene-${++scenes}`);
    fs.cpSync(made, path.join(directory, "lab"), { recursive: true });
    fs.mkdirSync(path.join(directory, "volume"));
    const lab = await Simulator.open(path.join(directory, "lab"));
    const settings: LabConfiguration = { ...layouts[layout], ...configuration };
    if (Object.keys(settings).length > 0) await lab.configure(settings);
    const scene = new Scene(directory, lab, points, content, timeouts);
    scene.putForeign("neighbour.txt");
    return scene;
  }

  /** A path below the volume. */
  at(...names: string[]): string {
    return path.join(this.volume, ...names);
  }

  inputs(changes: Partial<ExportInputs> = {}): ExportInputs {
    return {
      host: { kind: "simulator", directory: this.labDirectory },
      virtualMachine: "SQL01",
      referencePoint: this.points[0],
      exportDirectory: this.at("exports", "sql01"),
      verification: { level: "size", portion: "1/1" },
      onDestroy: "delete",
      onExisting: "fail",
      timeouts: this.timeouts,
      createUrn: "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::sql01",
      ...changes,
    };
  }

  /** A file that is not ours, at a path below the volume: it must be there, as it is, at the end. */
  putForeign(...names: string[]): void {
    const file = this.at(...names);
    const text = `somebody's own: ${names.join("/")}\n`;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    this.foreign.set(file, text);
  }

  takeForeign(...names: string[]): void {
    fs.rmSync(this.at(...names));
    this.foreign.delete(this.at(...names));
  }

  foreignFiles(): ReadonlyMap<string, string> {
    return this.foreign;
  }

  /** How often a method has reached the host, refused or not. */
  async calls(wanted: "ExportReferencePoint" | "RequestStateChange" = "ExportReferencePoint"): Promise<number> {
    return (await this.lab.calls()).filter(({ method }) => method === wanted).length;
  }

  close(): void {
    removeTree(this.directory);
  }
}
