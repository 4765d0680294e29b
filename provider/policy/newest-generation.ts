import type { StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import { leveled } from "./leveled";
import type { NewestGenerationOptions } from "./policy-options";
import { SeenResource } from "./seen-resource";

const HOUR = 3_600_000;

/** Each machine that the stack backs up has a backup that is young enough and can be restored. */
export function newestGeneration(options: NewestGenerationOptions): StackValidationPolicy {
  const { hours } = options;
  return leveled(options, {
    name: "hyperv-newest-generation",
    description: `The newest backup of each machine that can be restored is at most ${hours} hours old.`,
    validateStack: ({ resources }, report) => {
      const now = Date.now();
      const backups = resources.flatMap((resource) => backupOf(resource) ?? []);
      // What a preview says will change has no result in it: the up that would make the backup must not be refused for want of it.
      const awaited = new Set(backups.filter(({ moments }) => moments === undefined).flatMap(({ names }) => names));
      for (const { title, urn, names, moments = [] } of machinesOf(backups.filter((backup) => backup.moments !== undefined))) {
        if (names.some((name) => awaited.has(name))) continue;
        // What a wrong clock has dated so far ahead says nothing about its age.
        const newest = Math.max(...moments.filter((moment) => moment - now <= hours * HOUR));
        if (now - newest <= hours * HOUR) continue;
        const found = newest === Number.NEGATIVE_INFINITY ? "there is none" : `it is ${Math.floor((now - newest) / HOUR)} hours old`;
        report(
          `The machine of the ${title} is to have a restorable backup of the last ${hours} hours: ${found}. Look why no newer one was made, and run an up.`,
          urn,
        );
      }
    },
  });
}

interface Backup {
  /** Equal for backups of one machine. */
  readonly machine: string;
  /** Of the machine, in capitals: as it is declared, and as the host has told. */
  readonly names: readonly string[];
  readonly title: string;
  readonly urn: string;
  /** When what can be restored was made; undefined where nothing is known of it yet. */
  readonly moments: readonly number[] | undefined;
}

/** Undefined for what is no backup. */
function backupOf(resource: StackValidationArgs["resources"][number]): Backup | undefined {
  const seen = SeenResource.of(resource);
  if (seen === undefined || seen.kind === "point") return undefined;
  const { machine, title, result } = seen;
  const names = seen.machineNames.map((name) => name.toUpperCase());
  return { machine, names, title, urn: resource.urn, moments: result && restorable(seen, result) };
}

function restorable(seen: SeenResource, { status, startedAt }: Readonly<Record<string, unknown>>): number[] {
  const hasGenerations = seen.kind !== "export";
  const dates = hasGenerations ? seen.generations.filter(({ condition }) => condition === "intact").map(({ madeAt }) => madeAt) : [];
  const own = !hasGenerations && status === "intact" ? [String(startedAt)] : [];
  return [...dates, ...own].map((date) => Date.parse(date)).filter(Number.isFinite);
}

/** One machine may have a chain and exports beside it. */
function machinesOf(backups: readonly Backup[]): Backup[] {
  const machines = new Map<string, Backup>();
  for (const backup of backups) {
    const { names = [], moments = [], ...first } = machines.get(backup.machine) ?? {};
    const together = { names: [...names, ...backup.names], moments: [...moments, ...(backup.moments ?? [])] };
    machines.set(backup.machine, { ...backup, ...first, ...together });
  }
  return [...machines.values()];
}
