import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact, secretFinder, secretTexts } from "../../provider/domain/errors/redaction";

const hide = (text: string, properties: Record<string, unknown>, names = Object.keys(properties)) =>
  redact(text, secretTexts(properties, names));

describe("redaction", () => {
  it("hides what is named secret and nothing else", () => {
    const properties = { host: { kind: "simulator", deep: ["hush", { more: "quiet" }] }, virtualMachine: "SQL01" };
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

  it("leaves the words of a secret host that are no secret, without which nobody can read a message", () => {
    const host = { kind: "simulator", directory: "/hush/lab" };
    expect(hide("could not ask the simulator in /hush/lab", { host })).toBe("could not ask the simulator in [secret]");
    const named = { kind: "ssh", hostName: "hv01", privateKey: { environment: "HV_KEY" } };
    expect(hide("ssh to hv01: HV_KEY is not set", { host: named })).toBe("ssh to [secret]: HV_KEY is not set");
    expect(hide("HV_KEY is not set", { host: named }, ["host.privateKey"])).toBe("HV_KEY is not set");
    expect(hide("it begins with hush-key", { host: { ...named, privateKey: "hush-key" } }, ["host.privateKey"])).toBe(
      "it begins with [secret]",
    );
    const credential = { userName: "svc-hush", password: { environment: "HV_PASSWORD" } };
    const winrm = { kind: "winrm", computerName: "hv01", authentication: "ntlm", credential };
    expect(hide("winrm to hv01 by ntlm as svc-hush: HV_PASSWORD is not set", { host: winrm })).toBe(
      "winrm to [secret] by ntlm as [secret]: HV_PASSWORD is not set",
    );
    const password = { ...winrm, credential: { ...credential, password: "hush-word" } };
    expect(hide("svc-hush says hush-word", { host: password }, ["host.credential.password"])).toBe("svc-hush says [secret]");
  });

  it("hides a name without the white space around it, as the provider uses it", () => {
    expect(hide("there is no SQL01", { virtualMachine: " SQL01 " })).toBe("there is no [secret]");
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

describe("the finder of copies", () => {
  const finder = (properties: Record<string, unknown>) => secretFinder(properties, Object.keys(properties));

  it("finds a secret as it is and within a text, in any spelling", () => {
    const isSecret = finder({ virtualMachine: " Büro01 ", disksToExport: ["Data.vhdx"] });
    for (const text of ["Büro01", "BÜRO01", "Bu\u0308ro01", "x 7 Virtual Hard Disks/büro01-data.vhdx"]) expect(isSecret(text)).toBe(true);
    for (const text of ["", "full", "application", "Virtual Hard Disks"]) expect(isSecret(text)).toBe(false);
  });

  it("finds a short one only where it stands alone", () => {
    const isSecret = finder({ virtualMachine: "a" });
    expect([isSecret("A"), isSecret("application")]).toEqual([true, false]);
  });

  it("finds nothing where nothing is secret, or an empty text is", () => {
    expect([finder({})("x"), finder({ virtualMachine: "" })("")]).toEqual([false, false]);
  });
});
