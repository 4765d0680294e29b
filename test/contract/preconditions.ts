import { expect, it } from "vitest";
import { sha256Of } from "../../provider/domain/values/sha256";
import type { ChangedDirectory, Place, Precondition } from "../../provider/host/port";
import { kind, value } from "./answers";
import type { FileTrial } from "./file-trial";

const CLAIM = "claim";

/** A place with a claim, and the condition that it is as it is now; `text` none: that there is no claim. */
async function claimed(trial: FileTrial, text?: string): Promise<Place & { readonly onlyIf: Precondition }> {
  const place = await trial.place();
  if (text !== undefined) await trial.files.write(trial.at(place.directory, CLAIM), text);
  const { directory } = place;
  return { ...place, onlyIf: { directory, path: CLAIM, sha256: text === undefined ? undefined : sha256Of(text) } };
}

export function preconditions(trial: () => FileTrial): void {
  it("let a change through while they hold: a text, whatever is in it, and the absence of one", async () => {
    for (const text of ["mine", "\u00e4\u{1f600}\r\n", "", undefined]) {
      const target = await claimed(trial(), text);
      const { files, host } = trial();
      for (const name of ["a", "b/c"]) await files.write(trial().at(target.directory, name), name);
      value((await host.moveFiles([{ ...target, from: "a", to: "moved" }]))[0]);
      value((await host.replaceTextFiles([{ ...target, path: "record", text: "new" }]))[0]);
      const inner = { directory: trial().at(target.directory, "inner"), onlyIf: target.onlyIf };
      expect(value((await host.createDirectories([inner]))[0]).created).toBe(true);
      expect(value((await host.removeEmptyDirectories([inner]))[0])).toBe("removed");
      const removed = await trial().ended({ ...target, kind: "remove", files: ["b/c"] });
      expect(value(removed)).toEqual({ kind: "removed", removed: ["b/c"], absent: [] });
      expect(await files.list(target.directory)).toEqual([...(text === undefined ? [] : [CLAIM]), "moved", "record"]);
    }
  });

  it("stop every change once they do not hold, and nothing is touched", async () => {
    for (const [before, after] of [
      ["mine", "theirs"],
      ["mine", undefined],
      [undefined, "theirs"],
    ] as const) {
      const target = await claimed(trial(), before);
      const { files, host } = trial();
      for (const name of ["a", "b/c"]) await files.write(trial().at(target.directory, name), name);
      const claim = trial().at(target.directory, CLAIM);
      if (after === undefined) await files.remove(claim);
      else await files.write(claim, after);
      await files.makeFolder(trial().at(target.directory, "empty"));
      const there = await files.list(target.directory);
      const [inner, empty] = ["inner", "empty"].map((name) => ({ directory: trial().at(target.directory, name), onlyIf: target.onlyIf }));
      expect(kind((await host.createDirectories([inner as ChangedDirectory]))[0])).toBe("preconditionFailed");
      expect(kind((await host.removeEmptyDirectories([empty as ChangedDirectory]))[0])).toBe("preconditionFailed");
      expect(kind((await host.moveFiles([{ ...target, from: "a", to: "new/moved" }]))[0])).toBe("preconditionFailed");
      expect(kind((await host.replaceTextFiles([{ ...target, path: "record", text: "new" }]))[0])).toBe("preconditionFailed");
      expect(kind((await host.replaceTextFiles([{ ...target, path: CLAIM, text: "new" }]))[0])).toBe("preconditionFailed");
      expect(kind(await trial().ended({ ...target, kind: "remove", files: ["a", "b/c"] }))).toBe("preconditionFailed");
      expect(await files.list(target.directory)).toEqual(there);
      expect(await files.list(trial().at(target.directory, "b"))).toEqual(["c"]);
      if (after !== undefined) expect(await trial().text(claim)).toBe(after);
    }
  });

  it("do not matter where nothing is left to change", async () => {
    const target = await claimed(trial(), "mine");
    const { files, host } = trial();
    // The answer to a first one was lost.
    for (let time = 0; time < 2; time++) value((await host.replaceTextFiles([{ ...target, path: CLAIM, text: "next" }]))[0]);
    await files.remove(trial().at(target.directory, CLAIM));
    const [there, absent] = ["there", "absent"].map((name) => ({ directory: trial().at(target.directory, name), onlyIf: target.onlyIf }));
    await files.makeFolder((there as ChangedDirectory).directory);
    expect(value((await host.createDirectories([there as ChangedDirectory]))[0]).created).toBe(false);
    expect(value((await host.removeEmptyDirectories([absent as ChangedDirectory]))[0])).toBe("absent");
    const gone = await trial().ended({ ...target, kind: "remove", files: [CLAIM, "b/c"] });
    expect(value(gone)).toEqual({ kind: "removed", removed: [], absent: [CLAIM, "b/c"] });
  });

  it("may be of another directory than the change", async () => {
    const target = await claimed(trial(), "mine");
    const { files } = trial();
    const inner = { directory: trial().at(target.directory, "inner"), canonicalPath: trial().at(target.canonicalPath, "inner") };
    await files.write(trial().at(inner.directory, "a"), "a");
    const { onlyIf } = target;
    const other = { ...onlyIf, sha256: sha256Of("theirs") };
    expect(kind(await trial().ended({ ...inner, onlyIf: other, kind: "remove", files: ["a"] }))).toBe("preconditionFailed");
    expect(value(await trial().ended({ ...inner, onlyIf, kind: "remove", files: ["a"] }))).toEqual({
      kind: "removed",
      removed: ["a"],
      absent: [],
    });
  });
}
