import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HostError } from "../../../provider/host/port";
import { challengeOf, readChallenges } from "../../../provider/host/powershell/transports/winrm/authentication/challenges";
import type { LoginOptions } from "../../../provider/host/powershell/transports/winrm/authentication/login";
import { sealedBodies } from "../../../provider/host/powershell/transports/winrm/authentication/message-encryption";
import { newLogin } from "../../../provider/host/powershell/transports/winrm/authentication/new-login";
import { NtlmSession } from "../../../provider/host/powershell/transports/winrm/authentication/ntlm/ntlm-session";
import { refusal } from "../../support/winrm/login-refusal";

const options: LoginOptions = {
  computerName: "hv01",
  port: 5985,
  authentication: "ntlm",
  useSsl: false,
  userName: "CONTOSO\\backup",
  password: "a-password",
};

/** A host's challenge of NTLM with all that Windows grants, a flags attribute and a clock. */
const attributes = "0600040000000000 070008000011223344556677 00000000";
const challenge = Buffer.from(
  `4e544c4d53535000020000000000000030000000338a8ae20123456789abcdef0000000000000000${"1800180030000000"}${attributes}`.replaceAll(" ", ""),
  "hex",
);

/** Bytes with some changed, some cut off and some put in. */
const damaged = (whole: Buffer) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      fc.nat(whole.length),
      fc.uint8Array({ maxLength: 12 }),
    )
    .map(([changes, end, more]) => {
      const bytes = Buffer.concat([whole.subarray(0, end), more, whole.subarray(end)]).subarray(0, whole.length + more.length - (end % 7));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });

describe("a damaged answer", () => {
  it("of NTLM is a problem or another answer, never an error of ours", () => {
    const session = () =>
      new NtlmSession({ account: { domain: "", name: "a", password: "b" }, targetName: "HTTP/x", channelBindings: undefined });
    expect(session().authenticate(challenge)).toHaveProperty("message");
    fc.assert(
      fc.property(damaged(challenge), (bytes) => {
        const answer = session().authenticate(bytes);
        expect("problem" in answer || answer.message.length > 88).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("to a login ends it with a HostError, whatever its bytes", async () => {
    const token = fc
      .oneof(fc.uint8Array({ maxLength: 200 }), damaged(challenge))
      .map((bytes) => `Negotiate ${Buffer.from(bytes).toString("base64")}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(token, fc.string()), async (header) => {
        const login = await newLogin(options);
        await login.next([]);
        const answered = await login.next([header]).catch((error: unknown) => error);
        if (typeof answered !== "string") expect(answered).toBeInstanceOf(HostError);
        const letIn = await login.accepted([header]).catch((error: unknown) => error);
        if (letIn !== undefined) expect(letIn).toBeInstanceOf(HostError);
      }),
      { numRuns: 500 },
    );
  });

  it("to a sealed request is refused, whatever its bytes", async () => {
    const nobody = sealedBodies(
      { seal: async (data) => ({ header: Buffer.alloc(16), data, padding: 0 }), unseal: async (_, data) => data },
      "SPNEGO",
      "hv01",
    );
    const { contentType, body } = await nobody.seal(Buffer.from("<s:Envelope/>"));
    expect(await nobody.open(contentType, body)).toEqual(Buffer.from("<s:Envelope/>"));
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged(body), fc.uint8Array({ maxLength: 300 }).map(Buffer.from)), async (bytes) => {
        const opened = await nobody.open(contentType, bytes).catch((error: unknown) => error);
        if (!Buffer.isBuffer(opened)) expect(opened).toBeInstanceOf(HostError);
      }),
      { numRuns: 1000 },
    );
    const endless = Buffer.concat([Buffer.alloc(1_000_000, "--Encrypted Boundary\r\n"), body]);
    expect(await refusal(nobody.open(contentType, endless))).toMatchObject({ details: { fault: "handshakeFailed" } });
  });
});

describe("WWW-Authenticate", () => {
  it.each<[readonly string[], [string, string | undefined][]]>([
    [["Negotiate"], [["Negotiate", undefined]]],
    [
      ["Negotiate YWJj", 'Basic realm="WSMAN"', "Kerberos"],
      [
        ["Negotiate", "abc"],
        ["Basic", undefined],
        ["Kerberos", undefined],
      ],
    ],
    [
      ['Negotiate, Basic realm="a, Kerberos b", Kerberos YQ=='],
      [
        ["Negotiate", undefined],
        ["Basic", undefined],
        ["Kerberos", "a"],
      ],
    ],
    [['Basic realm="a \\", Kerberos b", charset="UTF-8"'], [["Basic", undefined]]],
    [["http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"], []],
    [[], []],
  ])("%j", (values, expected) => {
    expect(readChallenges(values).map(({ scheme, token }) => [scheme, token?.toString()])).toEqual(expected);
  });

  it("is read without regard to capitals, and a token counts most", () => {
    expect(challengeOf("Negotiate", ["negotiate", "NEGOTIATE YQ=="])?.token?.toString()).toBe("a");
    expect(challengeOf("Kerberos", ["Negotiate YQ=="])).toBeUndefined();
  });

  it("a quoted text that never ends holds nobody up", () => {
    const before = performance.now();
    for (const end of ["", "\\", "x"]) readChallenges([`Basic realm="${'\\"'.repeat(31_000)}${end}`]);
    expect(performance.now() - before).toBeLessThan(500);
    expect(readChallenges(['Basic realm="a, Negotiate \\" b", Kerberos']).map(({ scheme }) => scheme)).toEqual(["Basic", "Kerberos"]);
  });
});

describe("a login that cannot even begin", () => {
  it.each<[string, Partial<LoginOptions>]>([
    ["basic over HTTP", { authentication: "basic" }],
    ["basic with a colon in the name", { authentication: "basic", useSsl: true, userName: "a:b" }],
    ["a certificate over HTTP", { authentication: "certificate" }],
    ["NTLM without a name", { userName: undefined }],
    ["NTLM without a password", { password: undefined }],
  ])("%s", async (_, changes) => {
    const error = await refusal(newLogin({ ...options, ...changes }));
    expect(error.kind).toBe("invalidParameter");
    expect(error.message).not.toContain("a-password");
  });
});

describe("logins of every request", () => {
  it("basic says name and password in UTF-8, and is refused once", async () => {
    const login = await newLogin({ ...options, authentication: "basic", useSsl: true, userName: "Bäckup", password: "pä:ss" });
    expect(login.eachRequest).toBe(true);
    expect(await login.next([])).toBe(`Basic ${Buffer.from("Bäckup:pä:ss").toString("base64")}`);
    const error = await refusal(login.next(['Basic realm="WSMAN"']));
    expect(error.details.fault).toBe("loginRefused");
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/pä:ss|cMOkOnNz/);
  });

  it("a certificate says only that there is one", async () => {
    const login = await newLogin({ ...options, authentication: "certificate", useSsl: true, userName: undefined, password: undefined });
    expect(await login.next([])).toBe("http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual");
    expect((await refusal(login.next(["Negotiate"]))).details).toMatchObject({
      fault: "loginRefused",
      remedy: expect.stringContaining("certmapping"),
    });
    await login.accepted([]);
    expect(login.encryption).toBeUndefined();
  });
});
