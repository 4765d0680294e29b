import { ExportError } from "../../domain/errors/export-error";
import { nameSome } from "../../domain/listing/foreign-files";
import { formatDuration } from "../../domain/values/duration";
import type { Checkpoint, MachineCheckpoints } from "../../host/port";
import { pointRefusalCodes } from "../session/host-failure";
import type { Operation } from "../session/operation";

export const MAKE_STEP = "make a recovery checkpoint";

/**
 * Refuses a machine that has somebody's recovery checkpoint: another backup is at work, or has left it. A person's checkpoints are in
 * nobody's way.
 *
 * @param hostTime by the host's clock, which the checkpoint's age goes by
 */
export function refuseForeignCheckpoints(subject: string, { checkpoints }: MachineCheckpoints, hostTime: string): void {
  const foreign = checkpoints.filter(({ isRecovery }) => isRecovery);
  if (foreign.length === 0) return;
  const told = foreign.map((checkpoint) => `${checkpoint.id} (${checkpoint.name}), ${ageOf(checkpoint, hostTime)}`);
  const reason = `the machine has a recovery checkpoint that is not provably this chain's: ${nameSome(told)}`;
  throw new ExportError("foreign-checkpoint", { step: MAKE_STEP, subject, reason });
}

/** "4 h old": by the host's own clock. */
export function ageOf({ createdAt }: Pick<Checkpoint, "createdAt">, hostTime: string): string {
  const age = createdAt === undefined ? Number.NaN : Date.parse(hostTime) - Date.parse(createdAt);
  if (Number.isNaN(age)) return "of an unknown age";
  return `${formatDuration(Math.max(Math.round(age / 1000) * 1000, 1000))} old`;
}

/**
 * Disks that no checkpoint holds are a reason to refuse, or are left out and named.
 *
 * @returns instance ids of those that are left out
 */
export function settleUnsupportedDisks(
  operation: Pick<Operation, "warn">,
  subject: string,
  { unsupportedDisks }: MachineCheckpoints,
  ignoreUnsupportedDisks: boolean,
): string[] {
  const [first] = unsupportedDisks;
  if (first === undefined) return [];
  const ids = unsupportedDisks.map(({ instanceId }) => instanceId);
  const names = nameSome(ids);
  if (ignoreUnsupportedDisks) {
    operation.warn(`No checkpoint can hold these disks of ${subject}, so the backup lacks them: ${names}.`);
    return ids;
  }
  const reason = `no checkpoint can hold the disks ${names}`;
  const remedy = "Replace these disks by virtual hard disks of its own, or set ignoreUnsupportedDisks to true: the backup then lacks them.";
  throw new ExportError(pointRefusalCodes[first.why], { step: MAKE_STEP, subject, reason, remedy });
}
