/** Windows does not tell ids apart by their letter case: GUIDs, and the InstanceIDs of points and disks. */
export function sameId(one: string, other: string): boolean {
  return foldId(one) === foldId(other);
}

/** Equal for ids that are the same. */
export function foldId(id: string): string {
  return id.toUpperCase();
}

export function hasId(ids: readonly string[], id: string): boolean {
  return ids.some((other) => sameId(other, id));
}

/** Whether both lists name the same, in whatever order and however often. */
export function sameIds(some: readonly string[], others: readonly string[]): boolean {
  return some.every((id) => hasId(others, id)) && others.every((id) => hasId(some, id));
}
