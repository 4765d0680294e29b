import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ProbeCleaning } from "../../provider/domain/probe/probe-report";
import { OpenHosts } from "../../provider/fronts/open-hosts";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { Simulator } from "../../provider/host/simulator/index";
import { CallJournal, type Probed, Probes } from "../../provider/lifecycle/probes";
import { decorate, type Intervention } from "../support/decorated-host";
import { removeTree } from "../support/files-below";

const undisturbed: Intervention = (_, run) => run();

/** A lab with one machine of somebody's, and a directory for a probe. */
export class ProbeScene {
  readonly directory: string;
  readonly records: string;
  readonly host: { readonly kind: "simulator"; readonly directory: string };

  private constructor(
    private readonly root: string,
    readonly lab: Simulator,
  ) {
    this.directory = path.join(root, "given");
    this.records = path.join(lab.directory, "records");
    this.host = { kind: "simulator", directory: lab.directory };
  }

  static async open(settings: LabConfiguration = {}): Promise<ProbeScene> {
    const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "hyperv-probe-")));
    const lab = await Simulator.open(path.join(root, "lab"), { machines: "none" });
    await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 20, pointJobDuration: 10, ...settings });
    await lab.addVirtualMachine({ name: "SOMEBODYS", disks: [{ name: "disk.vhdx", bytes: 4096 }] });
    await lab.addReferencePoint({ virtualMachine: "SOMEBODYS", kind: "rct" });
    const scene = new ProbeScene(root, lab);
    fs.mkdirSync(scene.directory);
    return scene;
  }

  close(): void {
    removeTree(this.root);
  }

  async probe(intervene: Intervention = undisturbed, journal = new CallJournal()): Promise<Probed> {
    const hosts = new OpenHosts((host) => journal.around(decorate(host, intervene)));
    const watch = { began: () => {}, ended: () => {} };
    return new Probes(hosts).probe(this.host, this.directory, journal, watch).finally(() => hosts.close());
  }

  async clean(): Promise<ProbeCleaning> {
    const hosts = new OpenHosts();
    return new Probes(hosts).clean(this.host).finally(() => hosts.close());
  }

  /** What the records of probes say, by their files. */
  recordFiles(): string[] {
    if (!fs.existsSync(this.records)) return [];
    const below = fs.readdirSync(this.records, { recursive: true, encoding: "utf8" });
    return below.filter((name) => name.endsWith("hyperv-export-probe.json")).map((name) => path.join(this.records, name));
  }

  /** So much time goes by for what is recorded. */
  letMinutesPass(minutes: number): void {
    for (const file of this.recordFiles()) {
      const earlier = (_: string, time: string) => `"at": "${new Date(Date.parse(time) - minutes * 60_000).toISOString()}"`;
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/"at": "([^"]+)"/g, earlier));
    }
  }

  /** What is there beside the machine that was there before, a sentence each. */
  async leftOver(): Promise<string[]> {
    const { virtualMachines, jobs } = await this.lab.describe();
    const machines = virtualMachines.filter(({ name }) => name !== "SOMEBODYS").map(({ name }) => `machine ${name}`);
    const points = virtualMachines.flatMap(({ referencePoints }) => referencePoints).length;
    const records = fs.existsSync(this.records) ? fs.readdirSync(this.records, { recursive: true, encoding: "utf8" }) : [];
    return [
      ...machines,
      ...(points === 1 ? [] : [`${points} points, of which one is somebody's`]),
      ...jobs.filter(({ jobState }) => jobState < 7).map(({ path: job }) => `running job ${job}`),
      ...fs.readdirSync(this.directory, { recursive: true, encoding: "utf8" }).map((name) => `file ${name}`),
      ...records.filter((name) => name !== "bases").map((name) => `record ${name}`),
    ];
  }
}
