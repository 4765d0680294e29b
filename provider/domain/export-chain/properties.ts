import { z } from "zod";
import { hostInput } from "../hosts/host-input";
import { internalProperties } from "../internal-properties";
import type { PropertyTable } from "../property-table";
import { timeouts, verification } from "../reference-point-export/properties";
import { parseDuration } from "../values/duration";
import { textOf } from "../values/text-of";
import { parseLabel } from "./generation/label";
import { isTimeZone } from "./retention/calendar";

const name = z.string().trim().min(1, "must not be empty").max(1024);
const MOST = 10_000;
const count = z.number().int("must be a whole number").min(0, "must not be less than 0").max(MOST).default(0);

const every = z.strictObject({ every: textOf(parseDuration) });

/** A union would only say that none of its forms fits. */
const generation = z.unknown().superRefine((value, context) => {
  if (value === undefined) return;
  const parsed = (typeof value === "string" ? textOf(parseLabel) : every).safeParse(value);
  for (const { path, message } of parsed.error?.issues ?? []) context.addIssue({ code: "custom", path, message });
});

export const keep = z
  .strictObject({ last: count, daily: count, weekly: count, monthly: count, yearly: count })
  .refine((counts) => Object.values(counts).some((each) => each > 0), "must keep something: give last, daily, weekly, monthly or yearly");

export const chainTimeouts = timeouts.extend({ merge: textOf(parseDuration).optional() });

/** The arguments of ExportChain. */
export const chainProperties = {
  host: {
    schema: hostInput,
    required: true,
    defaultText: "the stack's configuration `hyperv:host`",
    type: "Host",
    onChange: "replace",
    onChangeText: "refused when it is another machine, else update",
    meaning: "Where Hyper-V runs.",
  },
  virtualMachine: {
    schema: name,
    required: true,
    type: "string",
    onChange: "replace",
    onChangeText: "refused, unless it names the same machine in the other way",
    meaning: "Name (ElementName, must be unique on the host) or GUID of the virtual machine.",
  },
  directory: {
    schema: z.string().min(1, "must not be empty"),
    required: true,
    type: "string",
    onChange: "replace",
    onChangeText: 'refused, unless the chain has moved there; with onDestroy "keep" a new chain is begun and the old one kept',
    meaning: "Absolute path of the chain's directory on the host: it holds the chain's record and a directory for each generation.",
  },
  via: {
    schema: z.enum(["checkpoint", "referencePoint"]),
    required: true,
    type: '"checkpoint" | "referencePoint"',
    onChange: "replace",
    onChangeText: "refused",
    meaning:
      "How a generation is made, for the chain's life: a recovery checkpoint is exported and then converted to a reference point, or a reference point is made and exported.",
  },
  generation: {
    schema: generation,
    required: true,
    type: "string | { every: string }",
    onChange: "update",
    onChangeText: "a new label makes one generation",
    meaning:
      "A label, such as 2026-11-28, of which one generation is made. Or how often one is made: it is due when the newest one is older than that.",
  },
  fullEvery: {
    schema: z.number().int("must be a whole number").min(1, "must be at least 1").max(MOST),
    required: false,
    default: 7,
    type: "number",
    onChange: "update",
    meaning: "Generations from one full one to the next, the full one included; 1 makes every generation a full one.",
  },
  keep: {
    schema: keep,
    required: false,
    defaultText: "every generation is kept",
    type: "{ last?: number; daily?: number; weekly?: number; monthly?: number; yearly?: number }",
    onChange: "update",
    meaning:
      "Which generations stay, as restic chooses snapshots: the last so many, and the newest of each of the last so many days, weeks, months and years that have one. What a kept one continues stays, too.",
  },
  timeZone: {
    schema: z.string().refine(isTimeZone, 'must be a time zone, such as "Europe/Vienna" or "UTC"'),
    required: false,
    defaultText: "the one of the computer that began the chain",
    type: "string",
    onChange: "update",
    meaning: "What a day, a week and a month are for `keep`.",
  },
  consistency: {
    schema: z.enum(["application", "crash", "application-if-possible"]),
    required: false,
    default: "application",
    type: '"application" | "crash" | "application-if-possible"',
    onChange: "update",
    meaning:
      'Of the points. "application" makes no generation of a point that is only crash-consistent; "-if-possible" does, with a warning.',
  },
  ignoreUnsupportedDisks: {
    schema: z.boolean(),
    required: false,
    default: false,
    type: "boolean",
    onChange: "update",
    meaning:
      "With via checkpoint: pass-through and shared disks are left out and named, in the generation's manifest, too. Otherwise they are a reason to refuse.",
  },
  intent: {
    schema: z.enum(["preserveChain", "merge"]),
    required: false,
    default: "preserveChain",
    type: '"preserveChain" | "merge"',
    onChange: "update",
    meaning:
      "With via checkpoint, BackupIntent of Hyper-V: the exported files are to keep their chain, or to be merged when they are restored.",
  },
  disks: {
    schema: z.array(name).min(1, "must name a disk, or be left out for every disk").max(256),
    required: false,
    defaultText: "every disk of the point",
    type: "string[]",
    onChange: "update",
    onChangeText: "the next generation holds the new set, in full",
    meaning: "With via referencePoint: disks by instance id, by path or by file name. A checkpoint holds every disk.",
  },
  verification: {
    schema: verification,
    required: false,
    default: { level: "size", portion: "1/1" },
    type: '{ level?: "size" | "content"; portion?: "1/n" }',
    onChange: "update",
    meaning:
      "What refresh checks: every file's presence and size, or its SHA-256 too; with portion 1/n each refresh reads one n-th of the whole chain.",
  },
  onLostBase: {
    schema: z.enum(["full", "fail"]),
    required: false,
    default: "full",
    type: '"full" | "fail"',
    onChange: "update",
    meaning:
      "What is done where the last generation cannot be continued (its point is gone, it is damaged, another machine has the name): a full one, or an error.",
  },
  onDestroy: {
    schema: z.enum(["delete", "keep"]),
    required: false,
    default: "delete",
    type: '"delete" | "keep"',
    onChange: "update",
    meaning: "Whether destroy removes all generations and our points, or leaves them with the chain's record.",
  },
  onExisting: {
    schema: z.enum(["fail", "adopt"]),
    required: false,
    default: "fail",
    type: '"fail" | "adopt"',
    onChange: "update",
    meaning: "What create does with a chain of the same machine that is in the directory already: refuse it, or take it over.",
  },
  timeouts: {
    schema: chainTimeouts,
    required: false,
    default: { create: "6h", stall: "20m", delete: "30m" },
    unit: "duration",
    type: "{ create?: string; stall?: string; delete?: string; merge?: string }",
    onChange: "update",
    meaning:
      "The longest that an up may take for the chain, that a job may stand still, and that delete may take. With via checkpoint, merge: how long an up watches the merge of the machine's disks after a generation, 1h where it is not given.",
  },
  triggers: {
    schema: z.array(z.unknown()).max(1000),
    required: false,
    defaultText: "none",
    type: "unknown[]",
    onChange: "update",
    onChangeText: "makes one generation",
    meaning: "Any values; a changed one makes a generation at once.",
  },
  ...internalProperties,
} as const satisfies PropertyTable;

/** How a chain makes its generations. */
export type ChainWay = "checkpoint" | "referencePoint";

export type ChainPropertyName = keyof typeof chainProperties;

/** What the program gave, as check has validated it. */
export type ChainInputs = {
  readonly host: z.infer<typeof hostInput>;
  readonly virtualMachine: string;
  readonly directory: string;
  readonly via: ChainWay;
  readonly generation: string | { readonly every: string };
  readonly fullEvery: number;
  readonly keep?: z.infer<typeof keep>;
  readonly timeZone?: string;
  readonly consistency: "application" | "crash" | "application-if-possible";
  readonly ignoreUnsupportedDisks: boolean;
  readonly intent: "preserveChain" | "merge";
  readonly disks?: readonly string[];
  readonly verification: z.infer<typeof verification>;
  readonly onLostBase: "full" | "fail";
  readonly onDestroy: "delete" | "keep";
  readonly onExisting: "fail" | "adopt";
  readonly timeouts: z.infer<typeof chainTimeouts>;
  readonly triggers?: readonly unknown[];
  /** A point that is none of the chain's, which every generation continues. No argument of ExportChain: see checkpoint-export/. */
  readonly baseReferencePoint?: string;
  readonly createUrn: string;
  readonly secretInputs?: readonly string[];
};
