import { z } from "zod";
import { hostInput } from "../hosts/host-input";
import { normaliseReferencePointId } from "../hyperv/guid";
import { internalProperties } from "../internal-properties";
import type { PropertyTable } from "../property-table";
import { parseDuration } from "../values/duration";
import { textOf } from "../values/text-of";
import { parsePortion } from "./portion";

const duration = textOf(parseDuration);
const referencePointId = textOf(normaliseReferencePointId);
const name = z.string().trim().min(1, "must not be empty").max(1024);

export const verification = z.strictObject({
  level: z.enum(["size", "content"]).default("size"),
  portion: textOf(parsePortion).default("1/1"),
});

export const timeouts = z.strictObject({
  create: duration.default("6h"),
  stall: duration.default("20m"),
  delete: duration.default("30m"),
});

/** The arguments of ReferencePointExport. */
export const exportProperties = {
  host: {
    schema: hostInput,
    required: true,
    defaultText: "the stack's configuration `hyperv:host`",
    type: "Host",
    onChange: "replace",
    onChangeText: "replace when it is another machine, else update",
    meaning: "Where Hyper-V runs.",
  },
  virtualMachine: {
    schema: name,
    required: true,
    type: "string",
    onChange: "replace",
    onChangeText: "replace, unless it names the same machine in the other way",
    meaning: "Name (ElementName, must be unique on the host) or GUID of the virtual machine.",
  },
  referencePoint: {
    schema: referencePointId,
    required: false,
    defaultText: "the machine's only point",
    type: "string",
    onChange: "replace",
    meaning: 'The point to export: "Microsoft:GUID" or GUID. Several points and none named is an error that lists them.',
  },
  exportDirectory: {
    schema: z.string().min(1, "must not be empty"),
    required: true,
    type: "string",
    onChange: "replace",
    meaning: "Absolute path of the directory on the host (ExportDirectory). Created if missing; must be empty or this export's own.",
  },
  baseReferencePoint: {
    schema: referencePointId,
    required: false,
    defaultText: "none: a full export",
    type: "string",
    onChange: "replace",
    meaning: "Exports only what changed since this earlier point of the same machine (BaseReferencePoint).",
  },
  disksToExport: {
    schema: z.array(name).min(1, "must name a disk, or be left out for every disk").max(256),
    required: false,
    defaultText: "every disk of the point",
    type: "string[]",
    onChange: "replace",
    onChangeText: "replace when the set changes; order does not matter",
    meaning: "Disks by instance id, by path or by file name (DisksToExport).",
  },
  requireConsistency: {
    schema: z.enum(["application", "crash"]),
    required: false,
    defaultText: "none: whatever the point has",
    type: '"application" | "crash"',
    onChange: "update",
    meaning: "Refuses to export a point that is less than this. An export that is there already is left as it is.",
  },
  verification: {
    schema: verification,
    required: false,
    default: { level: "size", portion: "1/1" },
    type: '{ level?: "size" | "content"; portion?: "1/n" }',
    onChange: "update",
    meaning:
      "What refresh checks: every file's presence and size, or its SHA-256 too; with portion 1/n each refresh reads one n-th and n refreshes read every file once.",
  },
  onDestroy: {
    schema: z.enum(["delete", "keep"]),
    required: false,
    default: "delete",
    type: '"delete" | "keep"',
    onChange: "update",
    meaning: "Whether destroy removes the exported files, or gives up the claim and leaves them with their manifest.",
  },
  onExisting: {
    schema: z.enum(["fail", "adopt"]),
    required: false,
    default: "fail",
    type: '"fail" | "adopt"',
    onChange: "update",
    meaning: "What create does with a finished, unclaimed export that is in the directory already: refuse it, or verify and take it over.",
  },
  timeouts: {
    schema: timeouts,
    required: false,
    default: { create: "6h", stall: "20m", delete: "30m" },
    unit: "duration",
    type: "{ create?: string; stall?: string; delete?: string }",
    onChange: "update",
    meaning: "The longest that create (and repair) may take, that a job may stand still, and that delete may take.",
  },
  triggers: {
    schema: z.array(z.unknown()).max(1000),
    required: false,
    defaultText: "none",
    type: "unknown[]",
    onChange: "replace",
    meaning: "Any values; a changed one exports again.",
  },
  ...internalProperties,
} as const satisfies PropertyTable;

export type ExportPropertyName = keyof typeof exportProperties;

/** What the program gave, as check has validated it. */
export type ExportInputs = {
  readonly host: z.infer<typeof hostInput>;
  readonly virtualMachine: string;
  readonly referencePoint?: string;
  readonly exportDirectory: string;
  readonly baseReferencePoint?: string;
  readonly disksToExport?: readonly string[];
  readonly requireConsistency?: "application" | "crash";
  readonly verification: z.infer<typeof verification>;
  readonly onDestroy: "delete" | "keep";
  readonly onExisting: "fail" | "adopt";
  readonly timeouts: z.infer<typeof timeouts>;
  readonly triggers?: readonly unknown[];
  readonly createUrn: string;
  readonly secretInputs?: readonly string[];
};
