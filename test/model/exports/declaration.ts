import fc from "fast-check";
import type { Properties } from "../../engine/provider-process";
import type { Disk, LabTemplate, PointName } from "./lab-template";

export const slots = ["a", "b"] as const;
/** A resource of the program. */
export type Slot = (typeof slots)[number];

/** Below the volume; the last one's parent is not there at first. */
export const directoryNames = ["one", "two", "deep/three"] as const;

/** What the program says of a resource, in the model's own words. */
export interface Declaration {
  readonly point: PointName;
  /** Only what changed since the point before. */
  readonly differential: boolean;
  readonly disks: "all" | "first" | "last";
  readonly directory: string;
  readonly verification: "size" | "content" | "half";
  readonly onDestroy: "delete" | "keep";
  readonly onExisting: "fail" | "adopt";
  readonly trigger: number;
  /** How the program calls the resource now; another one is an alias of the one before. */
  readonly name?: "first" | "second";
}

const row = {
  point: fc.constantFrom<PointName>("s1", "s2", "s3", "w1", "w2"),
  differential: fc.boolean(),
  disks: fc.constantFrom("all" as const, "first" as const, "last" as const),
  directory: fc.constantFrom<string>(...directoryNames),
  verification: fc.constantFrom("content" as const, "content" as const, "size" as const, "half" as const),
  onDestroy: fc.constantFrom("delete" as const, "delete" as const, "delete" as const, "keep" as const),
  onExisting: fc.constantFrom("fail" as const, "adopt" as const),
  trigger: fc.integer({ min: 0, max: 3 }),
  name: fc.constantFrom("first" as const, "second" as const),
};

export const declaration: fc.Arbitrary<Declaration> = fc.record(row);

/** One argument with another value. */
export const change: fc.Arbitrary<Partial<Declaration>> = fc.oneof(
  ...Object.entries(row).map(
    ([name, values]) => fc.record({ [name]: values as fc.Arbitrary<unknown> }) as fc.Arbitrary<Partial<Declaration>>,
  ),
);

export function disksOf(template: LabTemplate, { point, disks }: Pick<Declaration, "point" | "disks">): readonly Disk[] {
  const all = template.points.get(point)?.disks ?? [];
  return disks === "all" ? all : all.slice(disks === "first" ? 0 : -1).slice(0, 1);
}

export function baseOf(template: LabTemplate, { point, differential }: Pick<Declaration, "point" | "differential">): PointName | undefined {
  return differential ? template.points.get(point)?.base : undefined;
}

/** What is exported. `asked` also tells "every disk" from every disk by its name, which a finished export is held against. */
export function targetOf(template: LabTemplate, declared: Declaration): { readonly exported: string; readonly asked: string } {
  const exported = [
    declared.point,
    baseOf(template, declared) ?? "full",
    ...disksOf(template, declared).map((disk) => disk.instanceId),
  ].join("/");
  return { exported, asked: declared.disks === "all" ? `${exported}, all` : exported };
}

export function urnOf(slot: Slot, { name = "first" }: Pick<Declaration, "name"> = {}): string {
  return `urn:pulumi:dev::model::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::${slot}-${name}`;
}

/** Short, so that a host that never answers costs a moment; the exports themselves take a few milliseconds. */
const timeouts = { create: "3s", stall: "400ms", delete: "3s" };

/** The arguments as the program gives them. */
export function argumentsOf(template: LabTemplate, labDirectory: string, volume: string, slot: Slot, declared: Declaration): Properties {
  const { point, disks, directory, verification, onDestroy, onExisting, trigger } = declared;
  const base = baseOf(template, declared);
  return {
    host: { kind: "simulator", directory: labDirectory },
    virtualMachine: template.points.get(point)?.machine,
    referencePoint: template.points.get(point)?.id,
    ...(base !== undefined && { baseReferencePoint: template.points.get(base)?.id }),
    ...(disks !== "all" && { disksToExport: disksOf(template, declared).map((disk) => disk.argument) }),
    exportDirectory: `${volume}/${directory}`,
    verification: verification === "size" ? { level: "size" } : { level: "content", portion: verification === "half" ? "1/2" : "1/1" },
    onDestroy,
    onExisting,
    timeouts,
    ...(trigger > 0 && { triggers: [trigger] }),
    createUrn: urnOf(slot, declared),
  };
}
