const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes for people, in binary units with at most one decimal: `1.2 GiB`, `512 B`. Never a fraction of a byte. */
export function formatBytes(bytes: number): string {
  if (!(bytes > 0)) return "0 B";
  let amount = Math.round(bytes);
  let unit = 0;
  // Compared after rounding, so that a hair below 1 GiB reads "1 GiB", not "1024 MiB".
  while (unit < units.length - 1 && oneDecimal(amount) >= 1024) {
    amount /= 1024;
    unit += 1;
  }
  return `${oneDecimal(amount)} ${units[unit]}`;
}

function oneDecimal(amount: number): number {
  return Math.round(amount * 10) / 10;
}
