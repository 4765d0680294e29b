import { ExportError } from "../../domain/errors/export-error";
import { asksForGeneration, digestOfTriggers } from "../../domain/export-chain/demand";
import { generationOfLine } from "../../domain/export-chain/generation/generation-line";
import type { ChainState } from "../../domain/export-chain/outputs";
import { type ChainInputs, type ChainPropertyName, chainProperties } from "../../domain/export-chain/properties";
import { type PathStyle, pathRules } from "../../domain/paths/path-rules";
import { isMachine } from "../../domain/records/target-match";
import { equal } from "../../domain/values/equal";
import { containsUnknown } from "../../domain/values/unknown-value";
import { asSet } from "../operations/diff";

export interface ChainDifference {
  readonly changes: boolean;
  /** Properties whose change needs a new chain. */
  readonly replaces: readonly ChainPropertyName[];
}

type Same = (olds: ChainState, news: ChainInputs, style: PathStyle) => boolean;

/** Properties whose values can differ in text and mean the same. The others are compared as they stand. */
const sameMeaning: Partial<Record<ChainPropertyName, Same>> = {
  virtualMachine: (olds, news) => olds.virtualMachine === news.virtualMachine || isMachine(olds, news.virtualMachine),
  directory: (olds, news, style) => pathRules(style).same(olds.directory, news.directory),
  triggers: (olds, news) => equal(olds.triggers ?? [], news.triggers ?? []),
  disks: (olds, news, style) => equal(asSet(olds.disks, style), asSet(news.disks, style)),
};

/** What the host says of arguments whose texts alone show another machine. */
export interface ChainNamedAnew {
  /** The declared host is the machine that holds the chain. */
  readonly isSameHost: boolean;
  /** The declared name is the chain's machine's. */
  readonly isSameMachine: boolean;
  /** The chain lies in the declared directory, and no more in the one of the state. */
  readonly isMoved: boolean;
}

/**
 * What an up would do, from the state and the clock: no host is asked. What a refresh has found, and what is unfinished, counts as a
 * change, and so does a generation that is due.
 */
export function diffChain(olds: ChainState, news: ChainInputs, style: PathStyle, anew: ChainNamedAnew, now: Date): ChainDifference {
  const changed = (Object.keys(chainProperties) as ChainPropertyName[]).filter((name) => !isSame(name, olds, news, style));
  const change = (name: ChainPropertyName) => onChange(name, news, anew);
  const replaces = changed.filter((name) => change(name) === "replace");
  const updates = changed.filter((name) => change(name) === "update");
  return { changes: replaces.length > 0 || updates.length > 0 || olds.status !== "intact" || isWanted(olds, news, now), replaces };
}

function isSame(name: ChainPropertyName, olds: ChainState, news: ChainInputs, style: PathStyle): boolean {
  // An unknown value may turn out to be the old one: the update's own diff decides, with the real value.
  if (containsUnknown(argument(news, name))) return false;
  return sameMeaning[name]?.(olds, news, style) ?? equal(argument(olds, name), argument(news, name));
}

function onChange(
  name: ChainPropertyName,
  news: ChainInputs,
  { isSameHost, isSameMachine, isMoved }: ChainNamedAnew,
): "replace" | "update" | "nothing" {
  if (containsUnknown(argument(news, name))) return "update";
  if (name === "host") return isSameHost ? "update" : "replace";
  if (name === "virtualMachine") return isSameMachine ? "nothing" : "replace";
  if (name === "directory") return isMoved ? "update" : "replace";
  return chainProperties[name].onChange;
}

function argument(properties: Partial<Record<ChainPropertyName, unknown>>, name: ChainPropertyName): unknown {
  return properties[name];
}

function isWanted(olds: ChainState, news: ChainInputs, now: Date): boolean {
  if (containsUnknown(news.generation) || containsUnknown(news.triggers)) return true;
  const listed = olds.generations.flatMap((line) => generationOfLine(line) ?? []);
  const known = {
    newest: listed.at(-1)?.madeAt,
    // One that was made anew has another word in the list.
    has: (label: string) => olds.generation === label || listed.some((generation) => generation.label === label),
    triggersSha256: digestOfTriggers(olds.triggers),
  };
  return asksForGeneration(news, known, now);
}

/** Weeks of backups do not go by an edit. What is kept may be left behind, but not where the new chain is to be. */
export function refuseChainReplacement(
  olds: ChainState,
  news: ChainInputs,
  style: PathStyle,
  replaces: readonly ChainPropertyName[],
  directoryName = "directory",
): void {
  if (replaces.length === 0) return;
  const isInPlace = !replaces.includes("host") && pathRules(style).same(olds.directory, news.directory);
  if (olds.onDestroy === "keep" && !isInPlace) return;
  const names = replaces.map((name) => (name === "directory" ? directoryName : name));
  const details = { step: "replace the chain", subject: olds.directory, reason: `${names.join(" and ")} would make it another chain` };
  const remedy = "Choose another directory for the new chain: the old one is kept in this one.";
  throw new ExportError("chain-replacement-refused", olds.onDestroy === "keep" ? { ...details, remedy } : details);
}
