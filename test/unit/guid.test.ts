import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseGuid, normaliseReferencePointId } from "../../provider/domain/hyperv/guid";

const lower = "0b6f1d3c-8a52-4e0f-9d7e-1c2b3a4d5e6f";
const upper = lower.toUpperCase();

describe("normaliseGuid", () => {
  it.each([lower, upper, `{${lower}}`])("reads %s", (text) => {
    expect(normaliseGuid(text)).toEqual({ ok: true, value: upper });
  });

  it.each(["", "SQL01", `{${lower}`, `${lower}}`, ` ${lower}`, `${lower}\n`, lower.replaceAll("-", ""), `${lower}0`, `Microsoft:${lower}`])(
    "refuses %j",
    (text) => {
      expect(normaliseGuid(text)).toMatchObject({ ok: false, reason: expect.stringMatching(/^Expected .*; got .*\.$/) });
    },
  );
});

describe("normaliseReferencePointId", () => {
  it.each([lower, `{${lower}}`, `Microsoft:${lower}`, `microsoft:${upper}`])("reads %s", (text) => {
    expect(normaliseReferencePointId(text)).toEqual({ ok: true, value: `Microsoft:${upper}` });
  });

  it.each(["", "Microsoft:", `Microsoft:Microsoft:${lower}`, `Other:${lower}`, `Microsoft: ${lower}`, `Microsoft:${lower}\\x`])(
    "refuses %j",
    (text) => {
      expect(normaliseReferencePointId(text).ok).toBe(false);
    },
  );

  it("is stable on what it gives, for every GUID in every case", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), (guid, shout) => {
        const first = normaliseReferencePointId(shout ? guid.toUpperCase() : guid);
        expect(first).toEqual({ ok: true, value: `Microsoft:${guid.toUpperCase()}` });
        if (first.ok) expect(normaliseReferencePointId(first.value)).toEqual(first);
      }),
    );
  });

  it("never throws, and echoes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 8 }), (text) => {
        const parsed = normaliseReferencePointId(`secret-${text}`);
        expect(parsed.ok ? "" : parsed.reason).not.toContain("secret-");
      }),
    );
  });
});
