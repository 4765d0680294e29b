import type { Backup } from "../../../domain/backups/machine-backups";
import type { Verdict } from "../../../domain/backups/verdict";
import { formatDuration } from "../../../domain/values/duration";

/** Each has a sign and a word: colour alone says nothing. */
export const verdictWords: Readonly<Record<Verdict, { readonly sign: string; readonly word: string }>> = {
  none: { sign: "✖", word: "no backup" },
  unknown: { sign: "?", word: "unclear" },
  old: { sign: "◷", word: "too old" },
  partly: { sign: "▲", word: "damage" },
  fine: { sign: "✔", word: "fine" },
};

/** How a backup is drawn: by what is left of it. */
export type Mark = "full" | "differential" | "damaged" | "missing" | "unclear";

export const markWords: Readonly<Record<Mark, string>> = {
  full: "full, can be restored",
  differential: "differential, can be restored",
  damaged: "there, and cannot be restored",
  missing: "missing: its directory is not there",
  unclear: "nobody can tell",
};

export function markOf({ condition, kind }: Backup): Mark {
  if (condition === "gone") return "missing";
  if (condition === "unknown") return "unclear";
  if (condition !== "intact") return "damaged";
  return kind === "differential" ? "differential" : "full";
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** "5h", "3d4h": as exact as a person needs it. */
export function ageWord(milliseconds: number): string {
  if (milliseconds < 60_000) return "less than 1m";
  const unit = milliseconds < HOUR ? 60_000 : milliseconds < 10 * DAY ? HOUR : DAY;
  return formatDuration(Math.max(1, Math.floor(milliseconds / unit)) * unit);
}

/** "+3%" */
export function changeWord(before: number, after: number): string {
  if (before === 0) return "from nothing";
  const part = Math.round((after / before - 1) * 100);
  return `${part < 0 ? "−" : "+"}${Math.abs(part)}%`;
}
