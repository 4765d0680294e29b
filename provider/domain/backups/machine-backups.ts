import { foldId } from "../hyperv/same-id";
import type { ReportedChain, ReportedExport } from "../tree/tree-report";
import type { DeclaredChain, StackBackups } from "./stack-backups";

/** One export, and who tells of it. */
export interface Backup extends ReportedExport {
  /** Nobody has looked at it now: a stack's last run has seen it so. */
  readonly isFromStack: boolean;
}

/** All that is known of one machine's exports. */
export interface MachineBackups {
  readonly name: string;
  readonly id?: string | undefined;
  /** By date, those without one first. */
  readonly backups: readonly Backup[];
  readonly chains: readonly DeclaredChain[];
}

const NOT_MET = "not-met: the stack declares it, and it is not among what was looked at";

type Found = { readonly chains: readonly ReportedChain[]; readonly exports: readonly ReportedExport[] };

/**
 * By machine, what was found in trees and what a stack declares beside. What was looked at counts more than what a stack remembers: where
 * trees were looked at, what the stack calls intact and nobody has met there is nobody's to call so.
 */
export function machineBackups(
  found: Found & { readonly directories: readonly string[] },
  stack: Pick<StackBackups, "chains" | "exports"> = { chains: [], exports: [] },
): MachineBackups[] {
  const remembered = (one: ReportedExport): Backup =>
    one.condition === "intact" && found.directories.length > 0
      ? { ...one, condition: "unknown", problems: [NOT_MET], isFromStack: true }
      : { ...one, isFromStack: true };
  const machines = new Machines();
  const declared = new Map(stack.chains.map((chain) => [chain, found.chains.find((one) => isSameChain(one, chain))]));
  // Those with an id first: one that has only a name is of a machine that is known by both.
  const chains: { readonly chain: DeclaredChain; readonly isFromStack: boolean }[] = [
    ...found.chains.map((chain) => ({ chain: withInterval(chain, declared), isFromStack: false })),
    ...[...declared].flatMap(([chain, one]) => (one ? [] : [{ chain, isFromStack: true }])),
  ];
  const exports: Backup[] = [
    ...found.exports.map((one) => ({ ...one, isFromStack: false })),
    ...stack.exports.flatMap((one) => (found.exports.some((other) => isSameExport(other, one)) ? [] : [remembered(one)])),
  ];
  for (const { chain, isFromStack } of byIdFirst(chains, (one) => one.chain)) {
    machines.of(chain).chains.push(chain);
    for (const one of chain.generations) {
      machines.of({ ...machineIn(chain), ...one }).backups.push(isFromStack ? remembered(one) : { ...one, isFromStack });
    }
  }
  for (const one of byIdFirst(exports, (each) => each)) machines.of(one).backups.push(one);
  return machines.all.map((machine) => ({ ...machine, backups: [...machine.backups].sort(byDate) }));
}

interface Gathered {
  readonly name: string;
  id: string | undefined;
  readonly backups: Backup[];
  readonly chains: DeclaredChain[];
}

/** By id, and by name where that is all that is known: names need not be unique, and a machine may have had another one. */
class Machines {
  readonly all: Gathered[] = [];
  private readonly byId = new Map<string, Gathered>();
  private readonly byName = new Map<string, Gathered>();

  of({ virtualMachineId: id, virtualMachineName: name }: Named): Gathered {
    const known = this.known(id, name) ?? this.made(id, name);
    if (id !== undefined && known.id === undefined) known.id = id;
    if (id !== undefined) this.byId.set(foldId(id), known);
    return known;
  }

  private known(id: string | undefined, name = ""): Gathered | undefined {
    const called = this.byName.get(name.toLowerCase());
    // A program may name a machine by its GUID.
    if (id === undefined) return called ?? this.byId.get(foldId(name));
    return this.byId.get(foldId(id)) ?? (called?.id === undefined ? called : undefined);
  }

  private made(id: string | undefined, name: string | undefined): Gathered {
    const machine: Gathered = { name: name || id || "an unknown machine", id, backups: [], chains: [] };
    this.all.push(machine);
    const key = (name ?? "").toLowerCase();
    if (!this.byName.has(key)) this.byName.set(key, machine);
    return machine;
  }
}

type Named = Pick<ReportedExport, "virtualMachineId" | "virtualMachineName">;

function machineIn({ virtualMachineId, virtualMachineName }: Named): Named {
  return {
    ...(virtualMachineId !== undefined && { virtualMachineId }),
    ...(virtualMachineName !== undefined && { virtualMachineName }),
  };
}

function byIdFirst<T>(all: readonly T[], named: (one: T) => Named): T[] {
  const hasId = (one: T) => named(one).virtualMachineId !== undefined;
  return [...all.filter(hasId), ...all.filter((one) => !hasId(one))];
}

function withInterval(chain: ReportedChain, declared: ReadonlyMap<DeclaredChain, ReportedChain | undefined>): DeclaredChain {
  const every = [...declared].find(([, one]) => one === chain)?.[0].every;
  return every === undefined ? chain : { ...chain, every };
}

/** A copy elsewhere is another look at the same chain. */
function isSameChain(one: ReportedChain, other: ReportedChain): boolean {
  return (one.chainId !== undefined && one.chainId === other.chainId) || one.directory === other.directory;
}

function isSameExport(one: ReportedExport, other: ReportedExport): boolean {
  if (one.directory === other.directory) return true;
  return one.referencePointId !== undefined && one.referencePointId === other.referencePointId && one.kind === other.kind;
}

function byDate(one: ReportedExport, other: ReportedExport): number {
  const key = ({ date = "", directory }: ReportedExport) => `${date}\0${directory}`;
  return key(one) < key(other) ? -1 : 1;
}
