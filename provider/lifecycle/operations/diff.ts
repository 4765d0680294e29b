import { type PathStyle, pathRules } from "../../domain/paths/path-rules";
import { isMachine, samePoint } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { type ExportInputs, type ExportPropertyName, exportProperties } from "../../domain/reference-point-export/properties";
import { equal } from "../../domain/values/equal";
import { containsUnknown } from "../../domain/values/unknown-value";

import type { DeclaredAnew } from "./declared-anew";

export interface Difference {
  readonly changes: boolean;
  /** Properties whose change needs a new export. */
  readonly replaces: readonly ExportPropertyName[];
  /** The new export goes into the directory of the old one, so the old one must go first. */
  readonly deleteBeforeReplace: boolean;
}

type Same = (olds: ExportState, news: ExportInputs, style: PathStyle) => boolean;

/** Properties whose values can differ in text and mean the same. The others are compared as they stand. */
const sameMeaning: Partial<Record<ExportPropertyName, Same>> = {
  virtualMachine: (olds, news) => olds.virtualMachine === news.virtualMachine || isMachine(olds, news.virtualMachine),
  referencePoint: (olds, news) =>
    news.referencePoint === undefined || samePoint(olds.referencePointId ?? olds.referencePoint, news.referencePoint),
  baseReferencePoint: (olds, news) => samePoint(olds.baseReferencePoint, news.baseReferencePoint),
  exportDirectory: (olds, news, style) => pathRules(style).same(olds.exportDirectory, news.exportDirectory),
  triggers: (olds, news) => equal(olds.triggers ?? [], news.triggers ?? []),
  disksToExport: (olds, news, style) => equal(asSet(olds.disksToExport, style), asSet(news.disksToExport, style)),
};

/**
 * What an up would do, from the table alone: no host is asked. Damage and incompleteness that refresh found count as changes.
 *
 * @param isSameMachine whether the declared host is the machine that holds the export
 * @param anew what the host says of names that the texts alone show as others
 */
export function diffExport(
  olds: ExportState,
  news: ExportInputs,
  style: PathStyle,
  isSameMachine: boolean,
  anew: DeclaredAnew = {},
): Difference {
  const changed = (Object.keys(exportProperties) as ExportPropertyName[]).filter((name) => !isSame(name, olds, news, style));
  const change = (name: ExportPropertyName) => anew[name] ?? onChange(name, news, isSameMachine);
  const replaces = changed.filter((name) => change(name) === "replace");
  const updates = changed.filter((name) => change(name) === "update");
  return {
    changes: replaces.length > 0 || updates.length > 0 || olds.status !== "intact",
    replaces,
    deleteBeforeReplace:
      replaces.length > 0 &&
      !containsUnknown(news.exportDirectory) &&
      isSame("exportDirectory", olds, news, style) &&
      (isSameMachine || isReachedFromBoth(olds, news)),
  };
}

/** Whether two hosts find the same directory under one path: on this computer, on a share, on a cluster's volume. */
function isReachedFromBoth({ host, exportDirectory }: ExportState, news: ExportInputs): boolean {
  const isHere = ({ kind }: ExportInputs["host"]) => kind !== "ssh" && kind !== "winrm";
  return (isHere(host) && isHere(news.host)) || /^([\\/]{2}|[a-z]:[\\/]ClusterStorage[\\/])/i.test(exportDirectory);
}

function isSame(name: ExportPropertyName, olds: ExportState, news: ExportInputs, style: PathStyle): boolean {
  // An unknown value may turn out to be the old one: the update's own diff decides, with the real value.
  if (containsUnknown(argument(news, name))) return false;
  return sameMeaning[name]?.(olds, news, style) ?? equal(argument(olds, name), argument(news, name));
}

function onChange(name: ExportPropertyName, news: ExportInputs, isSameMachine: boolean): "replace" | "update" | "nothing" {
  if (containsUnknown(argument(news, name))) return "update";
  if (name === "host") return isSameMachine ? "update" : "replace";
  return exportProperties[name].onChange;
}

function argument(properties: Partial<Record<ExportPropertyName, unknown>>, name: ExportPropertyName): unknown {
  return properties[name];
}

export function asSet(disks: readonly string[] | undefined, style: PathStyle): string[] {
  const { normalise } = pathRules(style);
  return [...new Set((disks ?? []).map((disk) => normalise(disk).toLowerCase()))].sort();
}
