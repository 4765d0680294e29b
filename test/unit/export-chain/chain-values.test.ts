import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChainRecord } from "../../../provider/domain/export-chain/chain-record";
import { asksForGeneration, digestOfTriggers, type Known } from "../../../provider/domain/export-chain/demand";
import { foundDue, seenDue } from "../../../provider/domain/export-chain/due";
import { conditionsOf, type OwnCondition } from "../../../provider/domain/export-chain/generation/condition";
import { generationLine, generationOfLine } from "../../../provider/domain/export-chain/generation/generation-line";
import { freeLabel, isRecordedLabel, parseLabel } from "../../../provider/domain/export-chain/generation/label";
import { going } from "../../../provider/domain/export-chain/retention/going";
import { windowsNameProblems } from "../../../provider/domain/paths/windows-name";

const NOW = new Date("2026-11-28T02:00:00Z");

describe("a label", () => {
  it.each(["2026-11-28", "a", "A_b.c-d", "20261128T020000Z", "x".repeat(36)])("can be %s", (text) => {
    expect(parseLabel(text)).toEqual({ ok: true, value: text });
  });

  it.each([
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "-a",
    "a.",
    "CON",
    "nul.txt",
    "a b",
    "ä",
    "a\n",
    "x".repeat(37),
    "export-chain.json",
    "PROGRA~1",
    "a:b",
  ])("cannot be %j, and the refusal does not repeat it", (text) => {
    const parsed = parseLabel(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok && text.length > 2) expect(parsed.reason).not.toContain(`got ${text}`);
  });

  it("is a plain name on any host, with a number behind it, too", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 45, unit: "grapheme-ascii" }), fc.integer({ min: 0, max: 5 }), (text, taken) => {
        if (!parseLabel(text).ok) return;
        const others = Array.from({ length: taken }, (_, index) => (index === 0 ? text.toUpperCase() : `${text}-${index + 1}`));
        const free = freeLabel(text, others);
        expect([isRecordedLabel(free), windowsNameProblems(free), free.includes("/")]).toEqual([true, [], false]);
        expect(others.map((name) => name.toLowerCase())).not.toContain(free.toLowerCase());
      }),
    );
  });
});

describe("the state's line of a generation", () => {
  const listed = {
    label: "x".repeat(40),
    madeAt: "2026-11-28T02:00:00Z",
    kind: "differential",
    bytes: 2 ** 50,
    condition: "baseMissing",
  } as const;

  it("has at most 120 bytes, and is read back", () => {
    const line = generationLine(listed);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(120);
    expect(generationOfLine(line)).toEqual(listed);
    expect(generationOfLine(generationLine({ ...listed, condition: "intact" }))).toEqual({ ...listed, condition: "intact" });
  });

  it("of another form is none", () => {
    for (const line of ["", "n1", "n1 yesterday full 1", "../n1 2026-11-28T02:00:00Z full 1", "n1 2026-11-28T02:00:00Z full 1 lost"])
      expect(generationOfLine(line)).toBeUndefined();
  });
});

describe("how generations stand", () => {
  const generation = (label: string, base?: string) => ({
    label,
    madeAt: NOW.toISOString(),
    manifestSha256: `manifest of ${label}`,
    ...(base !== undefined && { base, baseManifestSha256: `manifest of ${base}` }),
  });
  const chain = [generation("a"), generation("b", "a"), generation("c", "b"), generation("d")];
  const stand = (own: Record<string, OwnCondition>, generations = chain) =>
    [...conditionsOf(generations, new Map(Object.entries({ a: "intact", b: "intact", c: "intact", d: "intact", ...own })))].map(
      ([, one]) => one,
    );

  it.each([
    [{}, ["intact", "intact", "intact", "intact"]],
    [{ a: "gone" }, ["gone", "baseMissing", "baseMissing", "intact"]],
    [{ b: "damaged" }, ["intact", "damaged", "baseChanged", "intact"]],
    [{ c: "damaged" }, ["intact", "intact", "damaged", "intact"]],
    [{ b: "gone" }, ["intact", "gone", "baseMissing", "intact"]],
  ] as const)("with %j", (own, expected) => {
    expect(stand(own)).toEqual(expected);
  });

  it("a base that is not listed any more is missing, and one of another manifest has changed", () => {
    expect(stand({}, chain.slice(1))).toEqual(["baseMissing", "baseMissing", "intact"]);
    const [first, ...rest] = chain;
    expect(stand({}, [{ ...(first ?? generation("a")), manifestSha256: "another" }, ...rest])).toEqual([
      "intact",
      "baseChanged",
      "baseChanged",
      "intact",
    ]);
  });
});

describe("whether a generation is asked for", () => {
  const known: Known = { newest: "2026-11-27T02:00:00Z", has: (label) => label === "n1", triggersSha256: undefined };

  it.each([
    ["by a new label", { generation: "n2" }, true],
    ["not by one that is there", { generation: "n1" }, false],
    ["by the clock", { generation: { every: "1d" } }, true],
    ["not before it is due", { generation: { every: "2d" } }, false],
    ["by other triggers", { generation: "n1", triggers: [1] }, true],
    ["not by triggers that are none", { generation: "n1", triggers: [] }, false],
  ])("%s", (_, inputs, expected) => {
    expect(asksForGeneration(inputs, known, NOW)).toBe(expected);
  });

  it("where there is none yet, always", () => {
    expect(asksForGeneration({ generation: "n1" }, { ...known, newest: undefined }, NOW)).toBe(true);
  });

  it("and triggers are the same in whatever order their members come", () => {
    expect(digestOfTriggers([{ a: 1, b: [2, null] }])).toBe(digestOfTriggers([{ b: [2, null], a: 1 }]));
    expect(digestOfTriggers([["a", "b"]])).not.toBe(digestOfTriggers([["a,b"]]));
    expect(digestOfTriggers(undefined)).toBe(digestOfTriggers([]));
  });
});

describe("what a preview is shown of a due generation", () => {
  const every = { every: "1d" };
  it.each([
    ["the moment, the first time", every, undefined, "2026-11-28T02:00:00Z"],
    ["what was seen before, until it is due again", every, "2026-11-27T20:00:00Z", "2026-11-27T20:00:00Z"],
    ["the moment, once it is", every, "2026-11-27T02:00:00Z", "2026-11-28T02:00:00Z"],
    ["the moment, where nonsense was stored", every, "yesterday", "2026-11-28T02:00:00Z"],
    ["nothing, of a label", "n1", "2026-11-27T02:00:00Z", undefined],
    ["nothing, of what is not known yet", { every: 1 }, undefined, undefined],
  ])("is %s", (_, generation, before, expected) => {
    expect(seenDue(generation, before, NOW)).toBe(expected);
  });

  it("begins with the newest generation after a refresh", () => {
    const listed = { generations: ["n1 2026-11-28T02:00:00Z full 1"] };
    expect(foundDue({ every: "1d" }, listed)).toBe("2026-11-28T02:00:00Z");
    expect(foundDue("n1", listed)).toBeUndefined();
    for (const result of [undefined, {}, { generations: [] }, { generations: [1] }])
      expect(foundDue({ every: "1d" }, result)).toBeUndefined();
  });
});

describe("what goes", () => {
  const generations = ["a", "b", "c"].map((label) => ({ label, madeAt: NOW.toISOString() }));
  const keep = { last: 1, daily: 0, weekly: 0, monthly: 0, yearly: 0 };

  it("is chosen among what can be restored, and what cannot be does not go before its time", () => {
    const conditions = new Map([["a", "intact"] as const, ["b", "intact"] as const, ["c", "damaged"] as const]);
    expect(going(generations, conditions, keep, "UTC")).toEqual(["a"]);
    expect(going(generations, conditions, undefined, "UTC")).toEqual([]);
  });
});

describe("a chain's record", () => {
  it("of any text is read or refused", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof parseChainRecord(text).ok).toBe("boolean");
      }),
    );
  });
});
