import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { jobStates } from "../../provider/domain/hyperv/job-state";
import { COMPLETED, creationCodes, JOB_STARTED, returnCodes } from "../../provider/domain/hyperv/return-codes";
import {
  checkpointCallRecord,
  checkpointJobRecord,
  checkpointJobTypes,
  checkpointRecord,
  EXPORT_SYSTEM,
} from "../../provider/host/simulator/state/checkpoint-records";
import { pointCallRecord, pointJobRecord, pointJobTypes } from "../../provider/host/simulator/state/point-records";
import { classNames, consistencyLevels, referencePointTypes } from "../../provider/host/simulator/state/wmi-names";
import {
  callRecord,
  diskRecord,
  jobEndRecord,
  jobRecord,
  machineRecord,
  pointRecord,
} from "../../provider/host/simulator/state/wmi-records";

interface SchemaClass {
  readonly superclass: string | null;
  readonly properties: Record<string, { readonly type: string; readonly array: boolean; readonly enum?: Record<string, string> }>;
  readonly methods: Record<string, { readonly returns: Record<string, string | null> }>;
}

// A copy of the classes concerned, from the schema that the whole project is held to.
const file = path.join(import.meta.dirname, "..", "schema", "hyperv-schema.json");
const windowsFile = path.join(import.meta.dirname, "..", "schema", "windows-schema.json");
const { namespaces } = JSON.parse(fs.readFileSync(windowsFile, "utf8")) as { namespaces: Record<string, Record<string, SchemaClass>> };
const hyperV = JSON.parse(fs.readFileSync(file, "utf8")) as { classes: Record<string, SchemaClass> };
const classes: Record<string, SchemaClass> = { ...hyperV.classes, ...namespaces["root/virtualization/v2"] };

function property(className: string, name: string) {
  for (let at: string | null = className; at !== null; at = classes[at]?.superclass ?? null) {
    const found = classes[at]?.properties[name];
    if (found) return found;
  }
  return undefined;
}

/** PascalCase members are the schema's; the rest is the simulator's own. */
function schemaNames(record: { readonly shape: object }): string[] {
  return Object.keys(record.shape).filter((name) => /^[A-Z]/.test(name));
}

describe("the simulator's vocabulary", () => {
  it.each([
    [classNames.machine, machineRecord],
    [classNames.disk, diskRecord],
    [classNames.point, pointRecord],
    [classNames.checkpoint, checkpointRecord],
    [classNames.pointJob, checkpointJobRecord],
    [classNames.job, jobRecord],
    [classNames.job, jobEndRecord],
  ])("%s has every property that the simulator gives it", (className, record) => {
    expect(classes[className]).toBeDefined();
    const names = schemaNames(record);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(property(className, name), `${className}.${name}`).toBeDefined();
  });

  it("keeps arrays as arrays and numbers as numbers", () => {
    const point = pointRecord.shape;
    for (const name of schemaNames(pointRecord)) {
      const declared = property(classNames.point, name);
      const sample = declared?.array ? [] : declared?.type === "string" ? undefined : declared?.type === "boolean" ? true : 1;
      if (sample !== undefined) expect(point[name as keyof typeof point].safeParse(sample).success, name).toBe(true);
    }
  });

  it("uses the values of the schema's maps", () => {
    expect(property(classNames.point, "ReferencePointType")?.enum).toEqual({
      [referencePointTypes.log]: "Log based",
      [referencePointTypes.rct]: "RCT based",
    });
    expect(property(classNames.point, "ConsistencyLevel")?.enum).toEqual({
      [consistencyLevels.application]: "Application Consistent",
      [consistencyLevels.crash]: "Crash Consistent",
    });
    const states = property(classNames.job, "JobState")?.enum ?? {};
    for (const [name, state] of Object.entries(jobStates)) {
      if (state === jobStates.completedWithWarnings) continue; // Vendor range: Hyper-V does not document it.
      expect(states[state]?.replace(" ", "").toLowerCase(), name).toBe(name.toLowerCase());
    }
  });

  it("answers the return codes of ExportReferencePoint and no others", () => {
    const { returns } = classes[classNames.service]?.methods.ExportReferencePoint ?? { returns: {} };
    const codes = [COMPLETED, JOB_STARTED, ...returnCodes.map((row) => row.code)];
    expect(Object.keys(returns).map(Number)).toEqual(codes);
    for (const row of returnCodes) expect(returns[row.code]).toBe(row.label);
  });

  it("knows the return codes of CreateReferencePoint, and how its jobs are called", () => {
    const { CreateReferencePoint, DestroyReferencePoint } = classes[classNames.service]?.methods ?? {};
    for (const { code, label } of creationCodes.slice(0, 6)) expect(CreateReferencePoint?.returns[code]).toBe(label);
    expect(Object.keys(CreateReferencePoint?.returns ?? {})).toContain("32768..65535");
    for (const { code, label } of returnCodes) expect(DestroyReferencePoint?.returns[code]).toBe(label);
    for (const name of schemaNames(pointJobRecord)) expect(property(classNames.pointJob, name), name).toBeDefined();
    const types = property(classNames.pointJob, "JobType")?.enum ?? {};
    expect(types[pointJobTypes.create]).toMatch(/create/i);
    expect(types[pointJobTypes.destroy]).toMatch(/delete|destroy/i);
  });

  it("knows the return codes of the methods about checkpoints, and how their jobs are called", () => {
    const { CreateSnapshot, ConvertToReferencePoint, DestroySnapshot } = classes[classNames.snapshotService]?.methods ?? {};
    for (const method of [CreateSnapshot, ConvertToReferencePoint, DestroySnapshot]) {
      for (const { code, label } of creationCodes.slice(0, 6)) expect(method?.returns[code]).toBe(label);
      expect(Object.keys(method?.returns ?? {})).toContain("32768..65535");
    }
    const { ExportSystemDefinition } = classes[classNames.managementService]?.methods ?? {};
    for (const { code, label } of returnCodes) expect(ExportSystemDefinition?.returns[code]).toBe(label);
    const types = property(classNames.pointJob, "JobType")?.enum ?? {};
    const { create, convert, remove, merge } = checkpointJobTypes;
    expect([create, convert, remove, merge, EXPORT_SYSTEM].map((type) => types[type])).toEqual([
      "Snapshot Virtual Machine",
      "Convert Snapshot to Reference Point",
      "Delete Virtual Machine Snapshot",
      "Merging VHD Disks",
      "Export Virtual Machine",
    ]);
  });

  it("logs methods that the schema has", () => {
    const { service, job, snapshotService, managementService } = classNames;
    const known = [service, job, snapshotService, managementService].flatMap((name) => Object.keys(classes[name]?.methods ?? {}));
    for (const { method } of [callRecord.shape, pointCallRecord.shape, checkpointCallRecord.shape])
      for (const one of method.options) expect(known).toContain(one);
  });
});
