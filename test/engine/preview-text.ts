import { exportProperties } from "../../provider/domain/reference-point-export/properties";

/** The arguments that a `--diff` display of one resource marks as added, removed or changed. */
export function shownArguments(text: string): string[] {
  const marked = [...text.matchAll(/^ {6}[~+-] (\w+)\s*:/gm)].map(([, name]) => name ?? "");
  // A replacement that is made before the old one goes shows the outputs, too.
  return [...new Set(marked)].filter((name) => Object.hasOwn(exportProperties, name));
}
