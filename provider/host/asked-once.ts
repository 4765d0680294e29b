import type { Answer, Host } from "./port";

/** Verbs of which many resources ask the same at once: the machine that they share, the folders above their directories. */
const shared = ["findVirtualMachines", "listReferencePoints", "listCheckpoints", "readDirectories", "findExportJobs"] as const;

/**
 * The host, asked each question of a batch once, and once which machine it is. For looks: what is done must be done as often as it is asked
 * for.
 */
export function askedOnce(host: Host): Host {
  let machine: ReturnType<Host["machineId"]> | undefined;
  const machineId = () => {
    machine ??= host.machineId();
    return machine;
  };
  return new Proxy(host, {
    get(target, name) {
      if (name === "machineId") return machineId;
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (!shared.some((verb) => verb === name)) return member.bind(target);
      return (items: readonly unknown[]) => once(items, (distinct) => Reflect.apply(member, target, [distinct]));
    },
  });
}

async function once(
  items: readonly unknown[],
  ask: (distinct: readonly unknown[]) => Promise<readonly Answer<unknown>[]>,
): Promise<(Answer<unknown> | undefined)[]> {
  const places = new Map<string, number>();
  const distinct: unknown[] = [];
  const place = items.map((item) => {
    const key = JSON.stringify(item);
    const known = places.get(key) ?? distinct.push(item) - 1;
    places.set(key, known);
    return known;
  });
  const answers = await ask(distinct);
  return place.map((index) => answers[index]);
}
