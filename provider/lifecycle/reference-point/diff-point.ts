import { isMachine } from "../../domain/records/target-match";
import type { PointState } from "../../domain/reference-point/outputs";
import { type PointInputs, type PointPropertyName, pointProperties } from "../../domain/reference-point/properties";
import { equal } from "../../domain/values/equal";
import { containsUnknown } from "../../domain/values/unknown-value";
import { isEnough } from "./attempt/make-point";

export interface PointDifference {
  readonly changes: boolean;
  /** Properties whose change needs a new point. */
  readonly replaces: readonly PointPropertyName[];
  readonly deleteBeforeReplace: false;
}

export interface SameOnHost {
  /** Whether the declared host is the machine that the point is on. */
  readonly host: boolean;
  /** Whether the declared virtual machine is the point's under another name. */
  readonly machine: boolean;
}

/** What an up would do, from the table and from what the host has said. Two points of a machine can be there at once: the new one comes first. */
export function diffPoint(olds: PointState, news: PointInputs, same: SameOnHost): PointDifference {
  const changed = (Object.keys(pointProperties) as PointPropertyName[]).filter((name) => !isEqual(name, olds, news));
  const change = (name: PointPropertyName) => changeOf(name, olds, news, same);
  const replaces = changed.filter((name) => change(name) === "replace");
  const updates = changed.filter((name) => change(name) === "update");
  return { changes: replaces.length > 0 || updates.length > 0 || olds.status !== "intact", replaces, deleteBeforeReplace: false };
}

function isEqual(name: PointPropertyName, olds: PointState, news: PointInputs): boolean {
  const [before, now] = [argument(olds, name), argument(news, name)];
  // An unknown value may turn out to be the old one: the update's own diff decides, with the real value.
  if (containsUnknown(now)) return false;
  if (name === "virtualMachine") return before === now || isMachine(olds, news.virtualMachine);
  return name === "triggers" ? equal(before ?? [], now ?? []) : equal(before, now);
}

function changeOf(name: PointPropertyName, olds: PointState, news: PointInputs, same: SameOnHost): "replace" | "update" | "nothing" {
  if (containsUnknown(argument(news, name))) return "update";
  if (name === "host") return same.host ? "update" : "replace";
  if (name === "virtualMachine") return same.machine ? "update" : "replace";
  // An unfinished one is made as it is declared then.
  const made = olds.madeConsistency;
  if (name === "consistency") return made === undefined || isEnough(made, news.consistency) ? "update" : "replace";
  return pointProperties[name].onChange;
}

function argument(properties: Partial<Record<PointPropertyName, unknown>>, name: PointPropertyName): unknown {
  return properties[name];
}
