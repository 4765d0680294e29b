import { ExportError } from "../../domain/errors/export-error";

/**
 * The old half of a replacement is deleted by what the last up stored of it: a "keep" that comes with the same up is too late for it, and
 * whoever has just written it into the program would lose the very thing that it is about. What is unfinished is nobody's backup.
 *
 * @param what "export": as the error names it
 */
export function refuseLateKeep(
  what: string,
  subject: string,
  olds: { readonly onDestroy: string; readonly status: string },
  news: { readonly onDestroy: string },
): void {
  if (news.onDestroy !== "keep" || olds.onDestroy === "keep" || olds.status === "incomplete") return;
  throw new ExportError("kept-too-late", {
    step: `replace the ${what}`,
    subject,
    reason: `onDestroy becomes "keep" in the same up that replaces the ${what}, which would still delete the old one`,
  });
}
