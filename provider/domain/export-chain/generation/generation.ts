/** One export of a chain. A list of them is in the order in which they were made: clocks jump, the order does not. */
export interface Generation {
  /** Name of its directory below the chain's, and what the program called it. */
  readonly label: string;
  /** When its point was made, by our clock: ISO 8601. */
  readonly madeAt: string;
  /** Label of the generation whose changes it continues; none for a full one. */
  readonly base?: string | undefined;
}

export function byLabel<G extends Generation>(generations: readonly G[]): Map<string, G> {
  return new Map(generations.map((generation) => [generation.label, generation]));
}

/**
 * The generation and all that a restore of it needs, itself first and its full one last. Undefined where one of them is not in the
 * list, or where the line never ends: nothing can be restored from it.
 */
export function lineOf<G extends Generation>(generation: G, generations: ReadonlyMap<string, G>): G[] | undefined {
  const line = knownLineOf(generation, generations);
  return line.at(-1)?.base === undefined ? line : undefined;
}

/** The same as far as it is known. */
export function knownLineOf<G extends Generation>(generation: G, generations: ReadonlyMap<string, G>): G[] {
  const line = new Set([generation]);
  for (let next: G | undefined = generation; next?.base !== undefined; ) {
    next = generations.get(next.base);
    if (next === undefined || line.has(next)) break;
    line.add(next);
  }
  return [...line];
}
