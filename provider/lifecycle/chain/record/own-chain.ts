import { ExportError } from "../../../domain/errors/export-error";
import { describeOwner, ownerOfUrn } from "../../../domain/records/owner";
import type { Operation } from "../../session/operation";
import { type ChainFile, type ChainLook, LOOK_STEP, movedChain, unreadableRecord } from "./chain-file";

/** How a state knows a chain. */
interface Asking {
  readonly chainId: string;
  readonly directory: string;
  /** The resource's name as it is now. */
  readonly createUrn: string;
}

/**
 * The record of a chain that a state knows, with its owner's name as it is now. The id decides. Under another id it is ours only where the
 * owner is: a replacement of the resource that was stopped has given it that.
 */
export async function ownChain(operation: Operation, look: ChainLook, step: string, asking: Asking): Promise<ChainFile> {
  const { directory, chainId, createUrn } = asking;
  if (look.kind === "unreadable") throw unreadableRecord(step, directory, look.reason);
  if (look.kind === "copy") throw movedChain(step, look.file);
  if (look.kind !== "chain") throw await recordMissing(operation, step, directory);
  const { record } = look.file;
  const isOfReplacement = record.owner.urn === createUrn && createUrn !== "" && record.released !== true;
  if (record.chainId !== chainId && !isOfReplacement) {
    const reason = `it belongs to ${describeOwner(record.owner)} now`;
    throw new ExportError("directory-owned-by-another", { step, subject: directory, reason, remedy: FOREIGN });
  }
  if (record.owner.urn !== createUrn) operation.did("gave the chain the new name");
  await look.file.change({ chainId, owner: ownerOfUrn(createUrn), released: undefined });
  return look.file;
}

async function recordMissing(operation: Operation, step: string, directory: string): Promise<ExportError> {
  const look = () => operation.host.readDirectory({ directory, texts: [], list: true });
  const report = await operation.ask(LOOK_STEP, directory, look);
  const isEmpty = report.kind === "directory" && report.entries.length === 0;
  if (!isEmpty) return new ExportError("chain-record-missing", { step, subject: directory, reason: "its record is not there" });
  // A destroy that stops before its last step leaves this. So does a volume that is not mounted, which is why nothing is begun anew.
  const remedy =
    "Where a volume is to be mounted there, mount it. After a destroy that stopped at its end, run pulumi destroy again, or remove the empty directory.";
  return new ExportError("chain-record-missing", { step, subject: directory, reason: "it is empty", remedy });
}

const FOREIGN = "Choose another directory, under another name of the resource: what is in this one is that resource's chain.";
