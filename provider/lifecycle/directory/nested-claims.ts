import { ExportError } from "../../domain/errors/export-error";
import { parseChainRecord } from "../../domain/export-chain/chain-record";
import { claimedFolders } from "../../domain/listing/written-files";
import { pathRules } from "../../domain/paths/path-rules";
import { parseClaim } from "../../domain/records/claim";
import { describeOwner } from "../../domain/records/owner";
import { CHAIN_FILE, CLAIM_FILE } from "../../domain/records/record-names";
import type { Place } from "../../host/port";
import type { Operation } from "../session/operation";
import type { ClaimedDirectory } from "./claimed-directory";
import { lookAt } from "./look";
import { removeFiles } from "./remove-files";

const STEP = "claim the export directory";

/** An inner export that was begun at the same moment has given way by then: about 3 s. */
const LOOKS = 5;

/**
 * Two creates may claim a directory and one inside it at once. Each looks for the other only after its own claim is there, so that at
 * least one of them sees it. The inner one gives way at once; the outer one waits for that, and gives way to an inner one that stays.
 */
export async function requireApart(operation: Operation, claimed: ClaimedDirectory, isMade: boolean): Promise<void> {
  try {
    await refuseInsideAnother(operation, claimed, claimed.claim.owner.urn);
    await refuseAroundAnother(operation, claimed);
  } catch (error) {
    // Nothing has been called yet. Without a state, nobody else would ever remove the claim.
    await removeFiles(operation, STEP, claimed, [CLAIM_FILE], claimed).catch(() => {});
    if (isMade) await operation.host.removeEmptyDirectory({ directory: claimed.directory }).catch(() => {});
    throw error;
  }
}

export async function refuseAroundAnother(operation: Operation, { directory }: Place): Promise<void> {
  for (let tried = 1; ; tried++) {
    const look = await lookAt(operation, directory);
    const [inside] = look.kind === "view" ? claimedFolders(look.view.entries) : [];
    if (inside === undefined) return;
    if (tried === LOOKS) {
      const reason = `another export has been begun in ${inside.slice(0, -1)} below it`;
      throw new ExportError("directory-not-empty", { step: STEP, subject: directory, reason, remedy: "Choose another directory." });
    }
    await operation.backOff(tried, "another export is begun below the directory");
  }
}

/**
 * Two looks alike: an export's directory, and a chain's, belong to one owner with all that is in them.
 *
 * @param ownUrn as whom the directory is claimed: a chain's generations lie in the directory of the chain
 */
export async function refuseInsideAnother(operation: Operation, { directory, canonicalPath }: Place, ownUrn: string): Promise<void> {
  const rules = pathRules(operation.host.pathStyle);
  const parents = [...new Set([...rules.parents(directory), ...rules.parents(canonicalPath)])];
  await Promise.all(
    parents.map(async (parent) => {
      const owner = ownerOf(await operation.ask(STEP, directory, () => readRecords(operation, parent)), operation, ownUrn);
      if (owner === undefined) return;
      throw new ExportError("directory-inside-another-export", { step: STEP, subject: directory, reason: `${parent} belongs to ${owner}` });
    }),
  );
}

/** Whom the records of a directory name, in words; undefined where there are none, or none that stands in the way. */
function ownerOf(texts: Readonly<Record<string, string>>, { paths }: Operation, ownUrn: string): string | undefined {
  const { [CLAIM_FILE]: claimText, [CHAIN_FILE]: chainText } = texts;
  if (claimText !== undefined) {
    const claim = parseClaim(claimText, paths);
    return claim.ok ? describeOwner(claim.value.owner) : "an export whose claim cannot be read";
  }
  if (chainText === undefined) return undefined;
  const chain = parseChainRecord(chainText);
  if (!chain.ok) return "a chain whose record cannot be read";
  return chain.value.generationOwner === ownUrn ? undefined : `the chain of ${describeOwner(chain.value.owner)}`;
}

async function readRecords(operation: Operation, directory: string): Promise<Readonly<Record<string, string>>> {
  const report = await operation.host.readDirectory({ directory, texts: [CLAIM_FILE, CHAIN_FILE], list: false });
  return report.kind === "directory" ? report.texts : {};
}
