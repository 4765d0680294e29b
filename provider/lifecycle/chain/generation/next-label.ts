import { ExportError } from "../../../domain/errors/export-error";
import { freeLabel, isSameLabel } from "../../../domain/export-chain/generation/label";
import { nameSome } from "../../../domain/listing/foreign-files";
import { CLAIM_FILE } from "../../../domain/records/record-names";
import { lookAt } from "../../directory/look";
import { heldClaim, ownershipOf } from "../../directory/ownership";
import type { Foreign } from "../condition/inspect-chain";
import type { Chaining } from "../record/chaining";

const STEP = "begin the generation";

/** A generation that is not begun yet can have any name. */
export const OCCUPIED_REMEDY = "Move what is in that directory away, or declare another label, and run pulumi up again.";

/**
 * What a generation that is to be begun is called. Refused is a declared label whose directory is somebody's: no point must be made for
 * what cannot be exported. A number behind a label that is taken passes over such a name.
 */
export async function nextLabel(chaining: Omit<Chaining, "queue">, asked: string, foreign: readonly Foreign[]): Promise<string> {
  const { operation, file } = chaining;
  const taken = [...file.record.generations, ...file.record.removing].map(({ label }) => label);
  if (taken.some((label) => isSameLabel(label, asked))) return freeLabel(asked, [...taken, ...foreign.map(({ name }) => name)]);
  const { fold } = operation.paths;
  const there = foreign.find(({ name }) => fold(name) === fold(asked));
  if (there === undefined || (await isFree(chaining, there))) return asked;
  const subject = operation.paths.join(file.directory, there.name);
  const reason = there.kind === "directory" ? `it holds what is not the chain's: ${nameSome(there.holds)}` : `a ${there.kind} stands there`;
  const code = there.kind === "directory" ? "directory-not-empty" : "not-a-directory";
  throw new ExportError(code, { step: STEP, subject, reason, remedy: OCCUPIED_REMEDY });
}

/** What an export of this chain has begun there, its create clears away: a record that was put back may be older than that. */
async function isFree({ operation, file }: Omit<Chaining, "queue">, { name, kind, holds }: Foreign): Promise<boolean> {
  if (kind !== "directory" || holds.length === 0) return kind === "directory";
  if (!holds.some((path) => operation.paths.fold(path) === operation.paths.fold(CLAIM_FILE))) return false;
  const look = await lookAt(operation, operation.paths.join(file.directory, name));
  if (look.kind !== "view") return look.kind === "absent";
  const claim = heldClaim(ownershipOf(look.view, { exportId: "", urn: file.record.generationOwner }));
  return claim !== undefined && claim.finished === undefined;
}
