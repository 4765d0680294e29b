import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact, secretTexts } from "../../provider/domain/errors/redaction";

const hide = (text: string, properties: Record<string, unknown>, names = Object.keys(properties)) =>
  redact(text, secretTexts(properties, names));

describe("redaction", () => {
  it("hides what is named secret and nothing else", () => {
    const properties = { host: { kind: "x", deep: ["hush", { more: "quiet" }] }, virtualMachine: "SQL01" };
    expect(hide("hush of SQL01: quiet", properties, ["host"])).toBe("[secret] of SQL01: [secret]");
    expect(hide("hush", properties, ["absent", "toString", "__proto__"])).toBe("hush");
  });

  it("hides the folders above a secret path, as written and as tidied up", () => {
    const properties = { exportDirectory: "/srv//hush/deep/" };
    for (const text of ["/srv//hush/deep/", "/srv/hush/deep", "/srv/hush"]) expect(hide(`in ${text}`, properties)).toBe("in [secret]");
    expect(hide("in D:\\Hush\\a belongs", { exportDirectory: "D:\\Hush\\a\\b" })).toBe("in [secret] belongs");
  });

  it("hides another spelling: a host answers with its own", () => {
    expect(hide("there is no SQL01", { virtualMachine: "sql01" })).toBe("there is no [secret]");
  });

  it("leaves a short text, which stands everywhere by accident", () => {
    expect(hide("a job of it", { virtualMachine: "a" })).toBe("a job of it");
  });

  it("leaves no secret over, whatever it is made of", () => {
    const secret = fc.oneof(fc.string({ minLength: 3 }), fc.constantFrom("$&$1", "[a-z]+", "\\d+", "(((", "a|b|c", "[secret]"));
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(3)), (secrets, order) => {
        const text = order.map((index) => secrets[index % secrets.length]).join(" ~ ");
        const left = hide(text, { secrets }).replaceAll("[secret]", "");
        for (const one of secrets) expect(left.toLowerCase()).not.toContain(one.toLowerCase());
      }),
    );
  });
});
