import { ExportError } from "../../../domain/errors/export-error";
import { nameSome } from "../../../domain/listing/foreign-files";
import { isSuperseded } from "../../session/host-failure";

/**
 * The failure of a destroy, with what it has removed. The engine keeps nothing of a delete that fails: only this tells that its state lists
 * what is gone.
 *
 * @param known labels of the generations that the engine's state lists
 * @param there those that nothing has been removed of
 */
export function withWhatIsGone(failure: ExportError, known: readonly string[], there: readonly string[]): ExportError {
  const gone = known.filter((label) => !there.includes(label));
  if (gone.length === 0 || isSuperseded(failure)) return failure;
  const left = there.length === 0 ? "no generation is left" : `not touched: ${newestFirst(there)}`;
  const reason = `${failure.reason}. Removed by now, wholly or in part: ${newestFirst(gone)}; ${left}`;
  const remedy = `${failure.remedy} Then run the destroy again or, to go on with the chain, pulumi up --refresh: without a refresh Pulumi takes what is gone for there.`;
  return new ExportError(failure.code, { step: failure.step, subject: failure.subject, reason, remedy }, { cause: failure.cause });
}

function newestFirst(labels: readonly string[]): string {
  return nameSome([...labels].reverse());
}
