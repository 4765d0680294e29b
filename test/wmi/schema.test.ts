import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Host } from "../../provider/host/port";
import { openSimulatorHost, Simulator } from "../../provider/host/simulator/index";
import { labAt } from "../../provider/host/simulator/lab/lab";
import { providers } from "../support/wmi/classes/providers";
import { addResourceSettings, createVirtualHardDisk, defineSystem } from "../support/wmi/methods/system-methods";
import { calmMoods, type Moods } from "../support/wmi/moods";
import { Repository } from "../support/wmi/repository";
import { Schema } from "../support/wmi/schema";
import { type Instance, pathOf, type Reference } from "../support/wmi/values";

const schema = new Schema();
const namespaces = ["root/virtualization/v2", "root/cimv2", "root/MSCluster"];
const root = fs.mkdtempSync(path.join(os.tmpdir(), "wmi-schema-"));
const lab = labAt(path.join(root, "lab"));
let release = () => {};

beforeAll(async () => {
  const simulator = await Simulator.open(lab.directory);
  release = lab.settlement.use();
  await simulator.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0 });
  const host = openSimulatorHost(lab.directory);
  const exportDirectory = path.join(root, "export");
  fs.mkdirSync(exportDirectory);
  const [machine] = (await simulator.describe()).virtualMachines;
  const [answer] = await host.exportReferencePoints([
    { virtualMachineId: machine?.id ?? "", referencePointId: machine?.referencePoints[0]?.id ?? "", disksToExport: [], exportDirectory },
  ]);
  if (!answer?.ok) throw answer?.error;
  await lab.settlement.settle(10_000);
  await simulator.configureMachine({ virtualMachine: "FILE01", passThroughDisk: true, replica: true, checkpointRunning: true });
  const web = (await simulator.describe()).virtualMachines.find(({ name }) => name === "WEB01");
  await host.createReferencePoints([{ virtualMachineId: web?.id ?? "", consistency: "crash" }]);
  await everyJobOfCheckpoints(simulator, host);
  await aMachineThatWasDefined();
  await host.close();
});

/** With a controller, a drive and a disk, whose file a job has made. */
async function aMachineThatWasDefined(): Promise<void> {
  const view = { lab, state: await lab.store.read(), moods: calmMoods(), now: Date.now() };
  const text = (className: string, properties: Readonly<Record<string, readonly [type: string, value: string]>>) => {
    const members = Object.entries(properties).map(([name, [type, value]]) =>
      name === "HostResource"
        ? `<PROPERTY.ARRAY NAME="${name}" TYPE="${type}"><VALUE.ARRAY><VALUE>${value}</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>`
        : `<PROPERTY NAME="${name}" TYPE="${type}"><VALUE>${value}</VALUE></PROPERTY>`,
    );
    return `<INSTANCE CLASSNAME="${className}">${members.join("")}</INSTANCE>`;
  };
  const SystemSettings = text("Msvm_VirtualSystemSettingData", {
    ElementName: ["string", "defined"],
    ConfigurationDataRoot: ["string", root],
  });
  const { ResultingSystem } = (await defineSystem(view, schema, { SystemSettings })).out;
  const id = (ResultingSystem as Reference).keys.Name ?? "";
  const file = path.join(root, "defined.vhdx");
  const disk = { Path: file, Type: "2", Format: "3", MaxInternalSize: "4194304" };
  const types = { Path: "string", Type: "uint16", Format: "uint16", MaxInternalSize: "uint64" };
  const VirtualDiskSettingData = text(
    "Msvm_VirtualHardDiskSettingData",
    Object.fromEntries(Object.entries(disk).map(([name, value]) => [name, [types[name as keyof typeof types], value] as const])),
  );
  expect((await createVirtualHardDisk(view, schema, { VirtualDiskSettingData })).returnValue).toBe(4096);
  const configuration = {
    namespace: "root/virtualization/v2",
    className: "Msvm_VirtualSystemSettingData",
    keys: { InstanceID: `Microsoft:${id}` },
  };
  let parent = "";
  for (const [type, kind] of [
    ["6", "Synthetic SCSI Controller"],
    ["17", "Synthetic Disk Drive"],
    ["31", "Virtual Hard Disk"],
  ] as const) {
    const isDisk = type === "31";
    const className = isDisk ? "Msvm_StorageAllocationSettingData" : "Msvm_ResourceAllocationSettingData";
    const settings = text(className, {
      ResourceType: ["uint16", type],
      ResourceSubType: ["string", `Microsoft:Hyper-V:${kind}`],
      ...(parent !== "" && { Parent: ["string", parent] as const }),
      ...(isDisk && { HostResource: ["string", file] as const }),
    });
    const added = await addResourceSettings(view, schema, { AffectedConfiguration: configuration, ResourceSettings: [settings] });
    const [reference] = (added.out.ResultingResourceSettings ?? []) as Reference[];
    if (reference === undefined) throw new Error(added.why);
    parent = pathOf(reference, view.moods.computerName);
  }
}

/** A checkpoint that stands, one that is being converted, one whose files are merged, and an export. */
async function everyJobOfCheckpoints(simulator: Simulator, host: Host): Promise<void> {
  await simulator.configure({ pointJobDuration: 0, mergeDuration: "1h" });
  const { id } = await simulator.addVirtualMachine({ name: "KEPT01", disks: [{ name: "disk.vhdx", bytes: 4096 }] });
  const { id: virtualMachineId } = await simulator.addVirtualMachine({ name: "GONE01", disks: [{ name: "disk.vhdx", bytes: 4096 }] });
  const [kept, gone] = [
    await simulator.addCheckpoint({ virtualMachine: id }),
    await simulator.addCheckpoint({ virtualMachine: virtualMachineId }),
  ];
  const exportDirectory = path.join(root, "checkpoint");
  fs.mkdirSync(exportDirectory);
  await host.exportCheckpoints([{ virtualMachineId: id, checkpointId: kept.id, intent: "merge", exportDirectory }]);
  await host.convertCheckpoints([{ virtualMachineId, checkpointId: gone.id }]);
  await lab.settlement.settle(10_000);
}

afterAll(() => {
  release();
  fs.rmSync(root, { recursive: true, force: true });
});

async function everything(moods: Partial<Moods>): Promise<Instance[]> {
  const mood = { ...calmMoods(), ...moods };
  const repository = new Repository(schema, mood);
  const view = { lab, state: await lab.store.read(), moods: mood, now: Date.now() };
  return Object.keys(providers).flatMap((name) => {
    const namespace = namespaces.find((one) => schema.class(one, name)) ?? "";
    return repository.instances(view, namespace, repository.requireClass(namespace, name), true);
  });
}

describe("what the stand-in plays", () => {
  // Repository refuses a row whose property or value the schema does not have, so that a wrong one fails here and wherever it is asked for.
  it.each<Partial<Moods>>([
    {},
    { language: "de" },
    { exportJobClass: "Msvm_ConcreteJob" },
    { affectedElements: "point" },
    { affectedElements: "nothing" },
    { exportedPaths: "empty" },
    { clusterOwners: { SQL01: "HV02" } },
    { managementService: "stopped" },
    { jobValues: { JobState: 10, ErrorCode: 32768, ErrorDescription: "x", PercentComplete: 50 } },
  ])("is in the schema with its types: %j", async (moods) => {
    const rows = await everything(moods);
    expect(rows.length).toBeGreaterThan(4);
  });

  it("has a row of every class", async () => {
    const both = [...(await everything({})), ...(await everything({ exportJobClass: "Msvm_ConcreteJob" }))];
    expect(new Set(both.map((one) => one.className))).toEqual(new Set(Object.keys(providers)));
  });

  it("gives every instance its keys, each once", async () => {
    const seen = new Set<string>();
    for (const { className, row } of await everything({})) {
      const wmiClass = namespaces.map((one) => schema.class(one, className)).find(Boolean);
      const keys = wmiClass?.keys.map((key) => JSON.stringify(row[key]));
      expect(keys, className).not.toContain(undefined);
      expect(keys?.length, className).toBeGreaterThan(0);
      const id = `${className} ${keys}`;
      expect(seen.has(id), id).toBe(false);
      seen.add(id);
    }
  });

  it("refuses a row that the schema does not have", () => {
    const mood = calmMoods();
    const wmiClass = new Repository(schema, mood).requireClass("root/cimv2", "Win32_Service");
    const repository = new Repository(schema, mood);
    const checked = (row: Instance["row"]) => () => repository.checked({ className: wmiClass.name, row }, wmiClass);
    expect(checked({ Name: "x", State: "Running" })).not.toThrow();
    expect(checked({ Nope: "x" })).toThrow("not in the schema");
    expect(checked({ ProcessId: "2345" })).toThrow("not in the schema");
    expect(checked({ ProcessId: -1 })).toThrow("not in the schema");
    expect(checked({ Name: ["x"] })).toThrow("not in the schema");
  });
});
