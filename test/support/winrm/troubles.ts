import type { Trouble, TroubleKind } from "./options";

/** Troubles that are set and have not come yet. */
export class Troubles {
  private readonly set: { trouble: Trouble; left: number }[] = [];

  add(trouble: Trouble): void {
    this.set.push({ trouble, left: trouble.nth ?? 1 });
  }

  clear(): void {
    this.set.length = 0;
  }

  /** Whether one is set that has not come yet. */
  get isAhead(): boolean {
    return this.set.length > 0;
  }

  /** Whether a request of which so much has come goes no further. */
  cuts(bytes: number, soFar: () => Buffer): boolean {
    const at = this.set.findIndex(({ trouble: { operation, what }, left }) => {
      if (what.kind !== "cutRequest" || left > 1 || bytes < what.bytes) return false;
      return operation === undefined || soFar().includes(`/${operation}<`);
    });
    if (at >= 0) this.set.splice(at, 1);
    return at >= 0;
  }

  /** The trouble that meets this request, if any. */
  meet(operation: string): TroubleKind | undefined {
    for (const one of this.set) if ((one.trouble.operation ?? operation) === operation) one.left--;
    const at = this.set.findIndex((one) => one.left <= 0);
    return at < 0 ? undefined : this.set.splice(at, 1)[0]?.trouble.what;
  }
}
