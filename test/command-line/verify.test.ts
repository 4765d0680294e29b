import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Part } from "../../provider/domain/reference-point-export/portion";
import type { ReportedExport, VerifyReport } from "../../provider/domain/tree/tree-report";
import { LocalFilesHost } from "../../provider/host/local-files/local-files-host";
import { type Answer, type Host, HostError, type Task, type TaskId } from "../../provider/host/port";
import { openSession } from "../../provider/lifecycle/door";
import { Trees } from "../../provider/lifecycle/trees";
import { changeJson, ExportCopy, ExportedTree, nights, type TreeCopy } from "../support/exported-tree";

let tree: ExportedTree;
beforeAll(async () => {
  tree = await ExportedTree.make();
});
afterAll(() => tree.close());

const EVERYTHING = { index: 0, of: 1 };

async function verify(
  directories: readonly string[],
  part?: Part,
  progress = (_done: number, _total: number) => {},
  host: Host = new LocalFilesHost(),
): Promise<VerifyReport> {
  const session = openSession(host);
  try {
    return await new Trees(session, "this machine").verify(directories, { part, progress });
  } finally {
    await session.host.close();
  }
}

/** "night-1 intact", "exports/full damaged": by its label, or by where it lies. */
function conditions({ chains, exports }: VerifyReport, below: string): string[] {
  const name = ({ label, directory }: ReportedExport) => label ?? path.relative(below, directory);
  return [...chains.flatMap(({ generations }) => generations), ...exports].map((one) => `${name(one)} ${one.condition}`);
}

function problems({ chains, exports }: VerifyReport): string[] {
  return [...chains, ...chains.flatMap(({ generations }) => generations), ...exports].flatMap((one) => one.problems);
}

const allIntact = [...nights.map((label) => `${label} intact`), "exports/full intact", "exports/difference intact"];

/** All intact but for those that are named. */
function but(changed: Readonly<Record<string, string>>): string[] {
  return allIntact.map((line) => {
    const name = line.split(" ")[0] as string;
    return name in changed ? `${name} ${changed[name]}` : line;
  });
}

describe("an untouched volume", () => {
  it.each(["in its place", "copied"])("is intact %s, by content", async (where) => {
    const copy = where === "copied" ? tree.copy() : tree.original;
    const report = await verify([copy.directory], EVERYTHING);
    expect(conditions(report, copy.directory).sort()).toEqual([...allIntact].sort());
    expect(report).toMatchObject({ result: "intact", failures: [], content: { portion: "1/1" } });
    expect(problems(report)).toEqual([]);
    const [chain] = report.chains;
    expect(chain?.warnings).toEqual([]);
    expect(chain?.copyOf).toBe(where === "copied" ? tree.original.chain : undefined);
    for (const one of [...(chain?.generations ?? []), ...report.exports]) expect(one.warnings).toEqual([]);
  });

  it("is told by what a disk from Windows says of itself", async () => {
    const copy = tree.copy();
    changeJson(copy.chainRecord, (record) => {
      record.canonicalPath = "E:\\Chains\\sql01";
    });
    copy.single("full").changeClaim((claim) => {
      claim.canonicalPath = "E:\\Exports\\full";
    });
    const report = await verify([copy.directory], EVERYTHING);
    expect([report.result, problems(report), report.chains[0]?.copyOf]).toEqual(["intact", [], "E:\\Chains\\sql01"]);
  });

  it("tells what each export is of", async () => {
    const { exports, chains } = await verify([tree.original.directory]);
    const [first, second] = tree.place.scene.points;
    expect(
      exports.map(({ kind, referencePointId, baseReferencePointId, base }) => [kind, referencePointId, baseReferencePointId, base]),
    ).toEqual([
      ["full", first, undefined, undefined],
      ["differential", second, first, tree.original.single("full").directory],
    ]);
    const generations = chains.flatMap((chain) => chain.generations);
    expect(generations.map(({ kind, base }) => [kind, base])).toEqual([
      ["full", undefined],
      ["differential", tree.original.generation("night-1").directory],
      ["differential", tree.original.generation("night-2").directory],
      ["full", undefined],
    ]);
    for (const one of [...exports, ...generations]) {
      expect(one).toMatchObject({ virtualMachineName: "SQL01", consistency: expect.any(String), bytes: expect.any(Number) });
      expect(Number.isNaN(Date.parse(one.date ?? ""))).toBe(false);
    }
  });
});

interface Damage {
  readonly name: string;
  readonly damage: (copy: TreeCopy) => void;
  readonly conditions: string[];
  /** Each is begun by one problem. */
  readonly told: string[];
  /** Where names and sizes do not show it. */
  readonly byContentOnly?: true;
}

const damages: Damage[] = [
  {
    name: "a flipped byte in the full one of a line",
    damage: (copy) => copy.generation("night-1").flipByte(),
    conditions: but({ "night-1": "damaged", "night-2": "baseChanged", "night-3": "baseChanged" }),
    told: ["file-altered: ", "base-changed: it continues "],
    byContentOnly: true,
  },
  {
    name: "a flipped byte in a difference",
    damage: (copy) => copy.generation("night-3").flipByte(),
    conditions: but({ "night-3": "damaged" }),
    told: ["file-altered: "],
    byContentOnly: true,
  },
  {
    name: "a truncated disk",
    damage: (copy) => copy.generation("night-4").truncate(),
    conditions: but({ "night-4": "damaged" }),
    told: ["file-resized: "],
  },
  {
    name: "a missing disk",
    damage: (copy) => copy.generation("night-2").removeDisk(),
    conditions: but({ "night-2": "damaged", "night-3": "baseChanged" }),
    told: ["file-missing: "],
  },
  {
    name: "a generation that is gone",
    damage: (copy) => copy.generation("night-1").removeAll(),
    conditions: but({ "night-1": "gone", "night-2": "baseMissing", "night-3": "baseMissing" }),
    told: ["its directory is not there", "base-missing: it continues "],
  },
  {
    name: "a disk that is a link out of the tree, to the very bytes",
    damage: (copy) => copy.generation("night-4").linkDiskAway(`${copy.directory}.disk`),
    conditions: but({ "night-4": "damaged" }),
    told: ["file-replaced: "],
  },
  {
    name: "a generation that is a link out of the tree",
    damage: (copy) => {
      const { directory } = copy.generation("night-4");
      fs.renameSync(directory, `${copy.directory}.generation`);
      fs.symlinkSync(`${copy.directory}.generation`, directory);
    },
    conditions: but({ "night-4": "damaged" }),
    told: ["a link stands where its directory should be"],
  },
  {
    name: "a manifest of a generation that is gone",
    damage: (copy) => fs.rmSync(copy.generation("night-4").manifest),
    conditions: but({ "night-4": "damaged" }),
    told: ["manifest-missing"],
  },
  {
    name: "a manifest of a generation that is no JSON",
    damage: (copy) => fs.writeFileSync(copy.generation("night-4").manifest, "{"),
    conditions: but({ "night-4": "damaged" }),
    told: ["manifest-unreadable: "],
  },
  {
    name: "a flipped byte in a single export that another continues",
    damage: (copy) => copy.single("full").flipByte(),
    conditions: but({ "exports/full": "damaged", "exports/difference": "baseChanged" }),
    told: ["file-altered: ", "base-changed: it continues "],
    byContentOnly: true,
  },
  {
    name: "a manifest that was made to fit altered files",
    damage: (copy) =>
      copy.single("full").changeManifest((manifest) => {
        manifest.warnings = ["changed by a hand"];
      }),
    conditions: but({ "exports/full": "damaged", "exports/difference": "baseChanged" }),
    told: ["manifest-altered"],
  },
  {
    name: "a single export's claim that is no JSON",
    damage: (copy) => fs.writeFileSync(copy.single("difference").claim, ""),
    conditions: but({ "exports/difference": "damaged" }),
    told: ["claim-unreadable: "],
  },
  {
    name: "a single export whose manifest is gone",
    damage: (copy) => fs.rmSync(copy.single("difference").manifest),
    conditions: but({ "exports/difference": "damaged" }),
    told: ["manifest-missing"],
  },
  {
    name: "a single export that was begun and not finished",
    damage: (copy) =>
      copy.single("difference").changeClaim((claim) => {
        delete claim.finished;
      }),
    conditions: but({ "exports/difference": "incomplete" }),
    told: ["export-unfinished: "],
  },
];

describe("damage", () => {
  it.each(damages)("$name", async ({ damage, conditions: expected, told, byContentOnly }) => {
    const copy = tree.copy();
    damage(copy);
    const report = await verify([copy.directory], EVERYTHING);
    expect(conditions(report, copy.directory).sort()).toEqual([...expected].sort());
    expect([report.result, report.failures]).toEqual(["damaged", []]);
    for (const beginning of told) expect(problems(report)).toContainEqual(expect.stringMatching(new RegExp(`^${beginning}`)));
    const bySize = await verify([copy.directory]);
    expect(bySize.result).toBe(byContentOnly ? "intact" : "damaged");
    // What is called intact is no promise of this test's table: the lab restores it.
    for (const one of report.chains.flatMap(({ generations }) => generations)) {
      const restore = () => restored(copy, one, report);
      if (one.condition === "intact") await expect(restore()).resolves.toBeUndefined();
    }
    copy.remove();
  });

  /** Restores a generation from the copy. */
  async function restored(copy: TreeCopy, one: ReportedExport, { chains }: VerifyReport): Promise<void> {
    const all = new Map(chains.flatMap(({ generations }) => generations).map((generation) => [generation.directory, generation]));
    const line: string[] = [];
    for (let next: ReportedExport | undefined = one; next; next = all.get(next.base ?? "")) line.unshift(next.directory);
    const into = `${copy.directory}.restored`;
    await tree.place.scene.lab.restore({ exports: line, into });
    fs.rmSync(into, { recursive: true });
  }
});

describe("what takes nothing from an export", () => {
  it("a foreign file is a warning", async () => {
    const copy = tree.copy();
    fs.writeFileSync(path.join(copy.generation("night-4").directory, "notes.txt"), "somebody's");
    fs.writeFileSync(path.join(copy.single("full").directory, "notes.txt"), "somebody's");
    const report = await verify([copy.directory], EVERYTHING);
    expect(report.result).toBe("intact");
    const warned = [...report.chains.flatMap(({ generations }) => generations), ...report.exports].filter(
      ({ warnings }) => warnings.length > 0,
    );
    expect(warned.map(({ warnings }) => warnings.join()).filter((warning) => warning.includes("notes.txt"))).toHaveLength(2);
  });

  it("an export that was given up has no claim", async () => {
    const copy = tree.copy();
    fs.rmSync(copy.single("full").claim);
    expect(await verify([copy.directory], EVERYTHING)).toMatchObject({ result: "intact" });
  });

  it("a generation that is being made is a warning of its chain", async () => {
    const copy = tree.copy();
    changeJson(copy.chainRecord, (record) => {
      const { virtualMachineId, virtualMachineName } = record;
      const begun = { exportId: "x", startedAt: "2026-11-28T02:00:00Z", virtualMachineId, virtualMachineName };
      record.attempt = { label: "night-5", asked: "night-5", ...begun };
    });
    fs.cpSync(copy.single("full").directory, path.join(copy.chain, "night-5"), { recursive: true });
    const report = await verify([copy.directory]);
    expect(report.result).toBe("intact");
    expect(conditions(report, copy.directory).sort()).toEqual([...allIntact].sort());
    expect(report.chains[0]?.warnings).toContain("generation-unfinished: night-5");
  });
});

describe("a chain whose record is lost", () => {
  it("is told by the manifests of its generations", async () => {
    const copy = tree.copy();
    fs.rmSync(copy.chainRecord);
    const report = await verify([copy.chain], EVERYTHING);
    expect(conditions(report, copy.chain)).toEqual(nights.map((label) => `${label} intact`));
    expect([report.result, report.chains]).toEqual(["intact", []]);
  });

  it("is damaged where a broken one lies there", async () => {
    const copy = tree.copy();
    fs.writeFileSync(copy.chainRecord, "no record");
    const report = await verify([copy.chain]);
    expect(report.result).toBe("damaged");
    expect(problems(report)).toEqual([expect.stringMatching(/^record-unreadable: /)]);
    expect(conditions(report, copy.chain)).toEqual(nights.map((label) => `${label} intact`));
  });
});

describe("a chain by checkpoints", () => {
  it("is told by its record, and without it by the checkpoints that its manifests name", async () => {
    const byCheckpoint = await ExportedTree.make("checkpoint");
    const copy = byCheckpoint.copy();
    const whole = await verify([copy.chain], EVERYTHING);
    expect([whole.result, ...conditions(whole, copy.chain)]).toEqual(["intact", ...nights.map((label) => `${label} intact`)]);
    fs.rmSync(copy.chainRecord);
    const lost = await verify([copy.chain], EVERYTHING);
    expect([lost.result, ...conditions(lost, copy.chain)]).toEqual(["intact", ...nights.map((label) => `${label} intact`)]);
    fs.rmSync(path.join(copy.chain, "night-1"), { recursive: true });
    const headless = await verify([copy.chain], EVERYTHING);
    expect([headless.result, ...conditions(headless, copy.chain)]).toEqual([
      "unknown",
      "night-2 unknown",
      "night-3 unknown",
      "night-4 intact",
    ]);
    byCheckpoint.close();
  });
});

describe("what is asked for", () => {
  it("a generation comes with all that it continues, and nothing more", async () => {
    const copy = tree.copy();
    copy.generation("night-4").truncate();
    const report = await verify([copy.generation("night-2").directory], EVERYTHING);
    expect([report.result, conditions(report, copy.directory)]).toEqual(["intact", ["night-1 intact", "night-2 intact"]]);
    copy.generation("night-1").flipByte();
    expect(await verify([copy.generation("night-2").directory], EVERYTHING)).toMatchObject({ result: "damaged" });
  });

  it("a generation that is not there any more is gone", async () => {
    const copy = tree.copy();
    copy.generation("night-4").removeAll();
    const report = await verify([copy.generation("night-4").directory]);
    expect([report.result, conditions(report, copy.directory)]).toEqual(["damaged", ["night-4 gone"]]);
  });

  it("several directories are told once each, whichever lies in which", async () => {
    const { original } = tree;
    const asked = [original.generation("night-4").directory, original.directory, original.generation("night-2").directory, original.chain];
    const report = await verify(asked);
    expect(conditions(report, original.directory).sort()).toEqual([...allIntact].sort());
    const two = await verify([original.generation("night-4").directory, original.generation("night-2").directory]);
    expect(conditions(two, original.directory)).toEqual(["night-1 intact", "night-2 intact", "night-4 intact"]);
  });

  it("a difference whose base is elsewhere is unknown until that is named, too", async () => {
    const { original } = tree;
    const alone = await verify([original.single("difference").directory]);
    expect([alone.result, ...conditions(alone, original.directory)]).toEqual(["unknown", "exports/difference unknown"]);
    expect(problems(alone)[0]).toMatch(/^base-not-seen: .*is not among what was looked at$/);
    const both = await verify([original.single("difference").directory, original.single("full").directory]);
    expect(both.result).toBe("intact");
  });

  it("what cannot be looked at is a failure, and the rest is told", async () => {
    const { original } = tree;
    const missing = path.join(original.directory, "missing");
    const empty = path.join(tree.place.scene.directory, "empty");
    fs.mkdirSync(empty);
    const file = path.join(original.directory, "neighbour.txt");
    const report = await verify([missing, empty, file, original.chain]);
    expect(report.failures.map(({ directory, code }) => [directory, code])).toEqual([
      [missing, "directory-not-found"],
      [empty, "nothing-exported"],
      [file, "not-a-directory"],
    ]);
    expect([report.result, conditions(report, original.directory)]).toEqual(["unknown", nights.map((label) => `${label} intact`)]);
  });

  it("known damage counts more than what cannot be looked at", async () => {
    const copy = tree.copy();
    copy.generation("night-4").truncate();
    expect(await verify([path.join(copy.directory, "missing"), copy.chain])).toMatchObject({ result: "damaged" });
  });
});

describe("the base of a single export", () => {
  /** Given up, so that only the manifest tells what it is. */
  function unclaimed(one: ExportCopy, change: (manifest: Record<string, unknown>) => void): void {
    fs.rmSync(one.claim);
    one.changeManifest(change);
  }

  it("is the copy of it that is intact, where several lie there", async () => {
    const copy = tree.copy();
    const before = new ExportCopy(path.join(copy.directory, "exports", "a-copy"));
    fs.cpSync(copy.single("full").directory, before.directory, { recursive: true });
    before.truncate();
    const report = await verify([copy.directory]);
    expect(
      conditions(report, copy.directory)
        .filter((line) => line.startsWith("exports/"))
        .sort(),
    ).toEqual(["exports/a-copy damaged", "exports/difference intact", "exports/full intact"]);
  });

  it("is of the same machine", async () => {
    const copy = tree.copy();
    unclaimed(copy.single("full"), (manifest) => {
      manifest.virtualMachineId = "11111111-2222-3333-4444-555555555555";
    });
    expect(conditions(await verify([copy.directory]), copy.directory)).toContain("exports/difference unknown");
  });

  it("may be a generation, and is missing where that lacks its own", async () => {
    const copy = tree.copy();
    const point = tree.place.record()?.generations[1]?.referencePointId;
    unclaimed(copy.single("difference"), (manifest) => {
      manifest.baseReferencePointId = point;
    });
    expect((await verify([copy.directory])).result).toBe("intact");
    copy.generation("night-1").removeAll();
    expect(conditions(await verify([copy.directory]), copy.directory)).toContain("exports/difference baseMissing");
  });
});

describe("what is no export of its own", () => {
  it("a repair counts with the export that it is of", async () => {
    const copy = tree.copy();
    const { directory, manifest } = copy.single("full");
    const repair = path.join(directory, ".repair-01234567-89abcdef");
    fs.mkdirSync(repair);
    fs.cpSync(manifest, path.join(repair, path.basename(manifest)));
    const report = await verify([copy.directory]);
    expect(conditions(report, copy.directory).sort()).toEqual([...allIntact].sort());
  });

  it("a generation that retention has given up is its chain's to remove", async () => {
    const copy = tree.copy();
    changeJson(copy.chainRecord, (record) => {
      const generations = record.generations as unknown[];
      record.removing = generations.splice(3);
    });
    const report = await verify([copy.chain]);
    expect(conditions(report, copy.chain)).toEqual(["night-1 intact", "night-2 intact", "night-3 intact"]);
    expect(report.chains[0]?.warnings).toContain("removal-unfinished: night-4");
  });
});

describe("files that cannot be read to their end", () => {
  /** As a disk with a bad sector does. */
  class FailingHost extends LocalFilesHost {
    constructor(private readonly directory: string) {
      super();
    }

    override async startTasks(tasks: readonly Task[]): Promise<Answer<TaskId>[]> {
      const started = await super.startTasks(tasks);
      const error = new HostError("io", "EIO: i/o error, read", { path: this.directory, why: "i/o error" });
      return started.map((answer, index) => (tasks[index]?.directory === this.directory ? { ok: false, error } : answer));
    }
  }

  it("leave their export unknown with all that continues it, and the rest is read", async () => {
    const copy = tree.copy();
    const { directory } = copy.generation("night-1");
    const look = () => verify([copy.directory], EVERYTHING, () => {}, new FailingHost(directory));
    const report = await look();
    const expected = but({ "night-1": "unknown", "night-2": "unknown", "night-3": "unknown" });
    expect(conditions(report, copy.directory).sort()).toEqual(expected.sort());
    expect([report.result, report.failures]).toMatchObject(["unknown", [{ directory, code: "host-failed" }]]);
    expect(problems(report)).toContain("not-read: i/o error");
    copy.generation("night-2").flipByte();
    expect(conditions(await look(), copy.directory).slice(0, 3)).toEqual(["night-1 unknown", "night-2 damaged", "night-3 baseChanged"]);
  });
});

describe("a part of the content", () => {
  it("all parts together read every file once", async () => {
    const { original } = tree;
    const whole = await verify([original.directory], EVERYTHING);
    const parts = await Promise.all([0, 1, 2].map((index) => verify([original.directory], { index, of: 3 })));
    const sum = (of: "files" | "bytes") => parts.reduce((total, { content }) => total + (content?.[of] ?? 0), 0);
    expect([sum("files"), sum("bytes")]).toEqual([whole.content?.files, whole.content?.bytes]);
    expect(parts.map(({ content }) => content?.portion)).toEqual(["1/3", "2/3", "3/3"]);
  });

  it("a flipped byte is found by the part that its file is in, and by no other", async () => {
    const copy = tree.copy();
    copy.generation("night-4").flipByte();
    const results = await Promise.all([0, 1, 2].map(async (index) => (await verify([copy.chain], { index, of: 3 })).result));
    expect(results.sort()).toEqual(["damaged", "intact", "intact"]);
  });

  it("progress ends with all that was to be read", async () => {
    const told: [number, number][] = [];
    const { content } = await verify([tree.original.directory], EVERYTHING, (done, total) => told.push([done, total]));
    expect(told.at(-1)).toEqual([content?.bytes, content?.bytes]);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).sort((one, other) => one - other));
  });
});
