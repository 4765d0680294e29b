import { type PointAttempt, pointAttempt } from "../../provider/domain/records/method-attempts/point-attempt";
import { sha256Of } from "../../provider/domain/values/sha256";
import type { Precondition } from "../../provider/host/port";
import type { PointEvidence } from "../../provider/lifecycle/reference-point/record/point-evidence";
import type { Operation } from "../../provider/lifecycle/session/operation";

const FILE = "point-attempt.json";

/** Evidence in a file of the host, as callers keep it: read once, then written under the condition that nobody else has. */
export class PointRecord implements PointEvidence {
  private constructor(
    private readonly operation: Operation,
    private readonly directory: string,
    private text: string | undefined,
  ) {}

  static async open(operation: Operation, directory: string): Promise<PointRecord> {
    const report = await operation.ask("read", directory, () => operation.host.readDirectory({ directory, texts: [FILE], list: false }));
    return new PointRecord(operation, directory, report.kind === "directory" ? report.texts[FILE] : undefined);
  }

  read(): PointAttempt | undefined {
    return this.text === undefined ? undefined : pointAttempt.parse(JSON.parse(this.text));
  }

  async write(attempt: PointAttempt): Promise<void> {
    const text = JSON.stringify(attempt);
    const { directory, operation } = this;
    const place = { directory, canonicalPath: directory };
    const onlyIf = this.condition();
    await operation.ask("write", directory, () => operation.host.replaceTextFile({ ...place, path: FILE, text, onlyIf }));
    this.text = text;
  }

  condition(): Precondition {
    return { directory: this.directory, path: FILE, sha256: this.text === undefined ? undefined : sha256Of(this.text) };
  }
}
