import { countFrom } from "../support/environment";
import { type KillKind, killKinds } from "./kill-kinds";
import { type KilledOperation, operations } from "./kills";
import type { WayName } from "./ways";

export interface PlannedKill {
  readonly operation: KilledOperation;
  readonly kind: KillKind;
  readonly moment: number;
  /** The simulator where nothing is said. */
  readonly way?: WayName;
}

const KILLS = 28;
const UNCHECKED_KILLS = 12;
/** Each takes about half a minute. HYPERV_REAL_KILLS sets another number. */
const REAL_KILLS = countFrom("HYPERV_REAL_KILLS", 4);
/** A shell starts first. */
const SHELL_START_MS = 1200;
/** When each operation has its work done, about, in milliseconds. */
const spans: Readonly<Record<KilledOperation, number>> = { up: 4500, repair: 3500, destroy: 1800 };

/** Decides the moments of the kills; any text is one. */
export const killSeed = process.env.HYPERV_KILL_SEED ?? "1";

/** Every operation and every kind of kill, at moments that the seed decides. */
export function plannedKills(): PlannedKill[] {
  return everyKind(KILLS, killSeed);
}

/** The same where the engine writes no state before its end. */
export function plannedUncheckedKills(): PlannedKill[] {
  return everyKind(UNCHECKED_KILLS, `${killSeed}, unchecked`).map((kill) => ({ ...kill, way: "simulator, no checkpoints" }));
}

function everyKind(kills: number, seed: string): PlannedKill[] {
  const random = randomOf(seed);
  return Array.from({ length: kills }, (_, index) => {
    const operation = operations[index % operations.length] ?? "up";
    const kind = killKinds[Math.floor(index / operations.length) % killKinds.length] ?? "cli";
    return { operation, kind, moment: Math.round(300 + random() * spans[operation]) };
  });
}

/** As above through a real PowerShell, in turns on this machine and over SSH. */
export function plannedRealKills(): PlannedKill[] {
  const random = randomOf(`${killSeed}, real`);
  return Array.from({ length: REAL_KILLS }, (_, index) => {
    const operation = operations[index % operations.length] ?? "up";
    const kind = killKinds[index % killKinds.length] ?? "cli";
    const way = index % 2 === 0 ? "local" : "ssh";
    return { operation, kind, moment: Math.round(300 + SHELL_START_MS + random() * spans[operation]), way };
  });
}

/** mulberry32: a small generator whose numbers a seed repeats. */
export function randomOf(seed: string): () => number {
  let state = [...seed].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
