import type { Attempt } from "../../domain/records/attempt";
import { type Claim, claimFormat, type FinishedExport } from "../../domain/records/claim";
import type { Manifest } from "../../domain/records/manifest";
import type { Owner } from "../../domain/records/owner";
import { recordText } from "../../domain/records/record-file";
import { CLAIM_FILE, MANIFEST_FILE } from "../../domain/records/record-names";
import type { Place } from "../../host/port";
import { ignoreFullVolume } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { onlyIfSeen, type SeenClaim } from "./seen-claim";

/**
 * An export directory whose claim is ours: every change of its claim goes through here, to the host first. Of two runs that are at it at
 * once, the one that changes the claim first has it; the other is refused from then on.
 */
export class ClaimedDirectory implements Place, SeenClaim {
  readonly directory: string;
  readonly canonicalPath: string;
  private text: string | undefined;

  constructor(
    private readonly operation: Operation,
    place: Place & SeenClaim,
    private current: Claim,
  ) {
    this.directory = place.directory;
    this.canonicalPath = place.canonicalPath;
    this.text = place.claimText;
  }

  get claimText(): string | undefined {
    return this.text;
  }

  get claim(): Claim {
    return this.current;
  }

  /** The place that an attempt writes to: the directory itself, or the repair directory below it. */
  placeOf(attempt: Pick<Attempt, "subdirectory">): Place {
    return placeBelow(this.operation, this, attempt.subdirectory);
  }

  /** The export is finished and described: nothing is being written any more. */
  async finish(finished: FinishedExport): Promise<void> {
    const { attempt: _, ...rest } = this.current;
    await this.write({ ...rest, finished });
  }

  /**
   * The attempt has come to nothing. What a repair had moved into place before is of the export there.
   *
   * @param operation the one that ends it: it may have time that the directory's own no longer has
   */
  async giveUpAttempt(operation: Operation, ended: Attempt): Promise<void> {
    const { finished } = this.current;
    const files = finished && [...new Set([...finished.files, ...(ended.moving ?? [])])];
    await this.write({ ...this.current, attempt: ended, ...(finished && files && { finished: { ...finished, files } }) }, operation);
  }

  /** What was finished before is there no more: its names mean nothing from now on. */
  async startAnew(attempt: Attempt): Promise<Attempt> {
    const { finished: _, ...rest } = this.current;
    await this.write({ ...rest, attempt });
    return attempt;
  }

  /**
   * Goes on under another id: a state that knows the old one, such as that of a resource which is only waiting to be deleted, has no
   * say here any more.
   */
  async takeOver(exportId: string, manifestSha256?: string): Promise<void> {
    const { finished, attempt } = this.current;
    await this.identify({
      exportId,
      ...(attempt && { attempt: { ...attempt, run: this.operation.run } }),
      ...(finished && manifestSha256 && { finished: { ...finished, manifestSha256 } }),
    });
  }

  /** The directory has been moved, or its volume got another letter: the claim is of the place where it lies. */
  settle(): Promise<void> {
    return this.identify({ canonicalPath: this.canonicalPath });
  }

  renameOwner(owner: Owner): Promise<void> {
    return this.identify({ owner });
  }

  /** Where there is no room to write it, the next write says it, too. */
  private identify(changes: Partial<Claim>): Promise<void> {
    this.current = { ...this.current, ...changes };
    return this.write(this.current);
  }

  async saveAttempt(attempt: Attempt, changes: Partial<Attempt> = {}): Promise<Attempt> {
    const next = { ...attempt, ...changes };
    await this.write({ ...this.current, attempt: next });
    return next;
  }

  /**
   * The attempt as one that this run is at: whoever was at it before is refused from then on. Where there is no room to write it, the
   * next write says it, too.
   */
  async takeUp(attempt: Attempt): Promise<Attempt> {
    const { run } = this.operation;
    if (attempt.run === run) return attempt;
    const taken = { ...attempt, run };
    await this.identify({ attempt: taken }).catch(ignoreFullVolume);
    return taken;
  }

  private async write(next: Claim, operation = this.operation): Promise<void> {
    const { directory, canonicalPath } = this;
    const text = recordText(next);
    const file = { directory, canonicalPath, path: CLAIM_FILE, text, onlyIf: onlyIfSeen(this) };
    await operation.ask("write the claim", directory, () => operation.host.replaceTextFile(file));
    this.text = text;
    this.current = next;
  }
}

export function placeBelow(operation: Operation, place: Place, subdirectory: string): Place {
  const { join } = operation.paths;
  return { directory: join(place.directory, subdirectory), canonicalPath: join(place.canonicalPath, subdirectory) };
}

export interface Identity {
  readonly exportId: string;
  readonly owner: Owner;
}

/** A claim that has nothing under way. */
export function newClaim(operation: Operation, { exportId, owner }: Identity, canonicalPath: string): Claim {
  const claimedAt = operation.timestamp();
  return { format: claimFormat, version: 1, exportId, owner, canonicalPath, claimedAt };
}

/** Writes a new claim, exactly once: undefined when a claim is there already. */
export async function writeNewClaim(
  operation: Operation,
  { directory, canonicalPath }: Place,
  claim: Claim,
): Promise<ClaimedDirectory | undefined> {
  const file = { directory, canonicalPath, path: CLAIM_FILE, text: recordText(claim) };
  const answer = await operation.ask("claim the export directory", directory, () => operation.host.createTextFile(file));
  return answer === "created" ? new ClaimedDirectory(operation, { directory, canonicalPath, claimText: file.text }, claim) : undefined;
}

/** Writes the manifest into a place of the claimed directory, whole or not at all. */
export async function writeManifest(operation: Operation, place: Place, manifest: Manifest, seen: SeenClaim): Promise<void> {
  const { directory, canonicalPath } = place;
  const file = { directory, canonicalPath, path: MANIFEST_FILE, text: recordText(manifest), onlyIf: onlyIfSeen(seen) };
  await operation.ask("write the manifest", directory, () => operation.host.replaceTextFile(file));
}
