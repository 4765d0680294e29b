import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach } from "vitest";
import type { Answer, ExportJob, ExportRequest, Host } from "../../provider/host/port";
import { openSimulatorHost, Simulator } from "../../provider/host/simulator/index";

const rubbish: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const one of rubbish.splice(0).reverse()) await one();
});

export function temporaryDirectory(): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "simulator-unit-")));
  rubbish.push(() => fs.rmSync(root, { recursive: true, force: true }));
  return root;
}

export interface Bench {
  readonly root: string;
  readonly labDirectory: string;
  readonly lab: Simulator;
  readonly host: Host;
  /** A new, empty export directory. */
  directory(): string;
}

/** A lab whose jobs take no time, unless a test says otherwise. */
export async function openBench(options: { readonly machines?: "default" | "none" } = {}): Promise<Bench> {
  const root = temporaryDirectory();
  const labDirectory = path.join(root, "lab");
  const lab = await Simulator.open(labDirectory, options);
  await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0 });
  const host = openSimulatorHost(labDirectory);
  rubbish.push(() => host.close());
  let serial = 0;
  return {
    root,
    labDirectory,
    lab,
    host,
    directory: () => {
      const made = path.join(root, `export-${++serial}`);
      fs.mkdirSync(made);
      return made;
    },
  };
}

/** An export of a point of a machine: the newest, unless a number says which. */
export async function requestFor(lab: Simulator, name: string, exportDirectory: string, which = -1, base?: number): Promise<ExportRequest> {
  const machine = (await lab.describe()).virtualMachines.find((one) => one.name === name);
  const point = machine?.referencePoints.at(which);
  if (!machine || !point) throw new Error(`no such point of ${name}`);
  const from = base === undefined ? undefined : machine.referencePoints.at(base);
  return {
    virtualMachineId: machine.id,
    referencePointId: point.id,
    ...(from ? { baseReferencePointId: from.id } : {}),
    disksToExport: [],
    exportDirectory,
  };
}

export async function start(host: Host, request: ExportRequest): Promise<string> {
  const [answer] = await host.exportReferencePoints([request]);
  if (!answer?.ok) throw answer?.error;
  if (answer.value.kind !== "job") throw new Error("it completed at once");
  return answer.value.path;
}

export async function look(host: Host, job: string): Promise<ExportJob | undefined> {
  const [answer] = (await host.poll({ jobs: [job], tasks: [] })).jobs;
  if (!answer?.ok) throw answer?.error;
  return answer.value;
}

export async function watch(host: Host, job: string): Promise<ExportJob | undefined> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const found = await look(host, job);
    if (!found || ![2, 3, 4].includes(found.jobState)) return found;
    await pause(10);
  }
  throw new Error("the job does not end");
}

export async function exportWhole(host: Host, request: ExportRequest): Promise<ExportJob | undefined> {
  return watch(host, await start(host, request));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function errorOf(answer: Answer<unknown> | undefined) {
  if (!answer || answer.ok) throw new Error("an error was expected");
  return answer.error;
}

export function filesBelow(directory: string): string[] {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}
