import type { Keep } from "./commands";

/** A generation, as far as retention goes. */
export interface Kept {
  readonly label: string;
  readonly madeAt: string;
  readonly base?: string | undefined;
}

const DAY = 86_400_000;

/** What two generations have alike of which a rule keeps one. In UTC. */
const periodOf: Readonly<Record<keyof Keep, (generation: Kept) => string>> = {
  last: ({ label }) => label,
  daily: ({ madeAt }) => madeAt.slice(0, 10),
  weekly: ({ madeAt }) => mondayBefore(new Date(madeAt)),
  monthly: ({ madeAt }) => madeAt.slice(0, 7),
  yearly: ({ madeAt }) => madeAt.slice(0, 4),
};

function mondayBefore(moment: Date): string {
  const daysSince = (moment.getUTCDay() + 6) % 7;
  return new Date(moment.getTime() - daysSince * DAY).toISOString().slice(0, 10);
}

/**
 * Labels that the rules keep of a list, oldest first: going back from the newest, the first of each period until a rule has as many as it
 * asks for, and whatever those continue. Written from the documentation, and not from the code that it judges.
 */
export function keptBy(generations: readonly Kept[], keep: Keep | undefined): Set<string> {
  if (keep === undefined) return new Set(generations.map(({ label }) => label));
  const stays = new Set<string>();
  for (const rule of Object.keys(periodOf) as (keyof Keep)[]) {
    let left = keep[rule] ?? 0;
    let period: string | undefined;
    for (let index = generations.length - 1; index >= 0 && left > 0; index--) {
      const generation = generations[index] as Kept;
      if (periodOf[rule](generation) === period) continue;
      period = periodOf[rule](generation);
      stays.add(generation.label);
      left -= 1;
    }
  }
  for (const generation of [...generations].reverse())
    if (stays.has(generation.label) && generation.base !== undefined) stays.add(generation.base);
  return stays;
}
