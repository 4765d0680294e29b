import { ExportError } from "../../domain/errors/export-error";
import { describeOwner, type Owner } from "../../domain/records/owner";

/**
 * The refusal of a directory that another resource has claimed. Within one stack that is most often the same resource under its former
 * name: whoever destroyed "the other one" would delete a good backup.
 *
 * @param mine as whom the directory was asked for; undefined where the engine knows that resource already, so that it has no new name
 */
export function ownedByAnother(step: string, directory: string, owner: Owner, mine?: Owner): ExportError {
  const reason = `it belongs to ${describeOwner(owner)}`;
  const isOfThisStack = owner.project === mine?.project && owner.stack === mine.stack && owner.urn !== mine.urn;
  const remedy = isOfThisStack
    ? `If this is that resource under a new name or parent, add aliases: ["${owner.urn}"] to its options: the export is taken over as it is. If both are meant to be there, choose another directory for this one.`
    : "Choose another directory: what is in this one is that resource's export.";
  return new ExportError("directory-owned-by-another", { step, subject: directory, reason, remedy });
}

/** The refusal of a directory whose claim somebody else writes at this moment. */
export function claimedMeanwhile(step: string, directory: string): ExportError {
  return new ExportError("directory-owned-by-another", {
    step,
    subject: directory,
    reason: "its claim changes while it is read",
    remedy: "Run the command again when nothing else is at work in this directory.",
  });
}
