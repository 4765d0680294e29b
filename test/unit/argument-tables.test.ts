import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Property } from "../../provider/domain/property-table";
import { declaredInputs } from "../../provider/domain/reference-point-export/declared-inputs";
import { exportOutputs } from "../../provider/domain/reference-point-export/outputs";
import { type ExportPropertyName, exportProperties } from "../../provider/domain/reference-point-export/properties";
import { UNKNOWN_VALUE } from "../../provider/domain/values/unknown-value";
import { checkArguments } from "../../provider/lifecycle/operations/check";

const rows = Object.entries<Property>(exportProperties);
/** What the provider declares itself is not judged: it is set. */
const judged = rows.filter(([, { internal, default: value }]) => !internal || value === undefined);
const good = {
  host: { kind: "simulator", directory: "/srv/lab" },
  virtualMachine: "SQL01",
  exportDirectory: "/srv/exports/sql01",
  createUrn: "urn:pulumi:dev::ops::t::x",
};
const check = (more: Record<string, unknown> = {}) => checkArguments({ ...good, ...more }, () => "posix");
const failuresOf = (more: Record<string, unknown>) => check(more).failures;

describe("the table", () => {
  it("has defaults that its own schemas accept", () => {
    for (const [, { schema, default: value }] of rows) if (value !== undefined) expect(schema.safeParse(value).success).toBe(true);
  });

  it("says of every row what it means, and where a value that is not given comes from", () => {
    for (const [, { meaning, required, default: value, defaultText, internal }] of rows) {
      expect(meaning).toMatch(/\.$/);
      if (!required && !internal) expect(value !== undefined || defaultText !== undefined).toBe(true);
    }
    for (const { meaning } of Object.values(exportOutputs)) expect(meaning).toMatch(/\.$/);
  });

  it("makes a replacement of whatever another export would come of, and an update of settings", () => {
    const replacing = rows.filter(([, { onChange }]) => onChange === "replace").map(([name]) => name);
    const named = ["host", "virtualMachine", "referencePoint", "exportDirectory", "baseReferencePoint", "disksToExport", "triggers"];
    expect(replacing).toEqual(named);
  });
});

describe("check", () => {
  it("takes good arguments as they are and adds only what the provider declares", () => {
    const { inputs, failures } = check({ __provider: "text" });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ ...good, __provider: "text", status: "intact", problems: [] });
  });

  it.each<[ExportPropertyName, readonly unknown[]]>([
    [
      "host",
      [
        {},
        { kind: "winrm" },
        { kind: "local", executable: "" },
        { kind: "local", hostName: "hv01" },
        { kind: "ssh" },
        { kind: "ssh", hostName: "-oProxyCommand=x" },
        { kind: "ssh", hostName: "hv01", port: 0 },
        { kind: "ssh", hostName: "hv01", userName: "a b" },
        { kind: "ssh", hostName: "hv01", jumpHost: "-x" },
        { kind: "ssh", hostName: "hv01", executable: "C:\\Program Files\\pwsh.exe" },
        { kind: "ssh", hostName: "hv01", hostKey: "no key" },
        { kind: "ssh", hostName: "hv01", connectTimeout: "15" },
        { kind: "ssh", hostName: "hv01", connectTimeout: "11m" },
        { kind: "ssh", hostName: "hv01", privateKey: {} },
        { kind: "ssh", hostName: "hv01", privateKey: { environment: "A B" } },
        { kind: "ssh", hostName: "hv01", keyFile: "id", privateKey: "key" },
        ...[
          { authentication: undefined },
          { authentication: "digest" },
          { computerName: "hv01:5986" },
          { computerName: "https://hv01" },
          { port: 70_000 },
          { credential: undefined },
          { credential: { userName: "svc" } },
          { credential: { userName: "", password: "p" } },
          { credential: { userName: "a:b", password: "p" } },
          { credential: { userName: "svc", password: "" } },
          { credential: { userName: "svc", password: { environment: "A B" } } },
          { useSsl: false },
          { authentication: "certificate" },
          { authentication: "ntlm", certificate: { file: "/c", keyFile: "/k" } },
          { authentication: "ntlm", useSsl: false, caFile: "/ca" },
          { authentication: "ntlm", useSsl: false, fingerprint: "00".repeat(32) },
          { caFile: "/ca", fingerprint: "00".repeat(32) },
          { fingerprint: "00".repeat(20) },
          { operationTimeout: "500ms" },
          { operationTimeout: "2m" },
          { skipCertificateCheck: true },
        ].map((wrong) => ({
          kind: "winrm",
          computerName: "hv01",
          authentication: "basic",
          credential: { userName: "svc", password: "p" },
          ...wrong,
        })),
        { kind: "winrm", computerName: "hv01", authentication: "certificate", useSsl: false, certificate: { file: "/c", keyFile: "/k" } },
        { kind: "winrm", computerName: "hv01", authentication: "certificate" },
        { kind: "simulator" },
        { kind: "simulator", directory: "" },
        { ...good.host, more: 1 },
        "simulator",
        1,
      ],
    ],
    ["virtualMachine", ["", "  ", 7, "x".repeat(1025)]],
    ["referencePoint", ["", "point", "Microsoft:", "5A010000-0000-4000-8000", 1]],
    ["exportDirectory", ["", "relative", "/", "/srv/../etc", 1]],
    ["baseReferencePoint", ["", "{5A010000-0000-4000-8000-000000000001", null === 0]],
    ["disksToExport", [[], [""], [1], "disk.vhdx", Array(257).fill("a.vhdx")]],
    ["requireConsistency", ["unknown", "", 1]],
    ["verification", [{ level: "all" }, { portion: "2/7" }, { portion: "1/0" }, { levels: 1 }, "content"]],
    ["onDestroy", ["remove", true, ""]],
    ["onExisting", ["overwrite", 0]],
    ["timeouts", [{ create: "0s" }, { stall: "-1s" }, { delete: "10" }, { create: "31d" }, { creation: "1h" }, "1h"]],
    ["triggers", ["x", { a: 1 }, Array(1001).fill(0)]],
    ["createUrn", [1]],
    ["secretInputs", ["x", [1]]],
  ])("refuses a wrong %s by its path, and once", (name, values) => {
    for (const value of values) {
      const failures = failuresOf({ [name]: value });
      expect(failures.length).toBeGreaterThan(0);
      for (const { property, error } of failures) {
        expect(property).toMatch(new RegExp(`^${name}(\\.[\\w.]+)?$`));
        expect(error.message).toMatch(/^could not use the argument .*\n {2}What to do: .+\n {2}Code: invalid-arguments$/s);
      }
      expect(new Set(failures.map(({ error }) => error.message)).size).toBe(failures.length);
    }
  });

  it.each<[Record<string, unknown>, string, string]>([
    [{ host: { kind: "simulater" } }, "expected simulator, local, ssh or winrm", "pulumi config set --path hyperv:host.kind VALUE"],
    [{ host: {} }, "expected simulator, local, ssh or winrm", "pulumi config set --path hyperv:host.kind VALUE"],
    [{ host: { kind: "ssh" } }, "it is missing; expected string", "pulumi config set --path hyperv:host.hostName VALUE"],
    [{ host: { kind: "local", hostName: "hv01" } }, 'there is no "hostName" in it', "if the program gives no host"],
    [{ host: undefined }, "it is missing", "Give host in the program, or set hyperv:host in the stack's configuration."],
    [{ virtualMachine: undefined }, "it is missing", "Give virtualMachine in the program."],
    [{ virtualMachine: 7 }, "expected string, got number", "Correct the argument in the program."],
    [{ onDestroy: "remove" }, "expected delete or keep", "Correct the argument in the program."],
    [{ verification: { level: "all" } }, "expected size or content", "Correct the argument in the program."],
  ])("says in plain words what was expected of %j, and where to correct it", (given, reason, remedy) => {
    const [failure, ...more] = failuresOf(given);
    expect([failure?.error.reason, more]).toEqual([reason, []]);
    expect(failure?.error.remedy).toContain(remedy);
  });

  it("refuses every row's wrong value: a new row needs a case above", () => {
    for (const [name] of judged) expect(failuresOf({ [name]: Symbol.for("nonsense") as unknown }).length).toBeGreaterThan(0);
  });

  it("refuses an argument that is not there, and does not pass it on", () => {
    for (const name of ["exportDirectoy", "toString", "constructor", "hasOwnProperty"]) {
      const { inputs, failures } = check({ [name]: "x" });
      expect(failures.map(({ property }) => property)).toEqual([name]);
      expect(failures[0]?.error.reason).toContain("there is no such argument");
      expect(Object.hasOwn(inputs, name)).toBe(false);
    }
  });

  it("reports everything at once", () => {
    const { failures } = checkArguments({ exportDirectory: "relative", host: good.host, onDestroy: "x" }, () => "posix");
    expect(failures.map(({ property }) => property).sort()).toEqual(["exportDirectory", "onDestroy", "virtualMachine"]);
  });

  it("lets unknown values pass wherever they are, and judges the rest", () => {
    fc.assert(
      fc.property(fc.constantFrom(...judged.map(([name]) => name)), fc.constantFrom("flat", "list", "object", "deep"), (name, shape) => {
        const value = { flat: UNKNOWN_VALUE, list: [UNKNOWN_VALUE], object: { x: UNKNOWN_VALUE }, deep: [{ x: [UNKNOWN_VALUE] }] }[shape];
        const { inputs, failures } = check({ [name]: value, onDestroy: name === "onDestroy" ? value : "wrong" });
        expect(failures.filter(({ property }) => property.startsWith(name))).toEqual([]);
        expect(inputs[name]).toEqual(value);
        if (name !== "onDestroy") expect(failures).toHaveLength(1);
      }),
    );
  });

  it("applies the host's own path rules, when the host is known", () => {
    const host = { ...good.host, directory: "C:\\lab" };
    const windows = (exportDirectory: string) => checkArguments({ ...good, host, exportDirectory }, () => "windows").failures;
    expect(windows("D:\\Exports\\sql01")).toEqual([]);
    expect(windows("/srv/exports")[0]?.property).toBe("exportDirectory");
    expect(checkArguments({ ...good, exportDirectory: "anything" }, () => undefined).failures).toEqual([]);
  });

  it("refuses a relative folder of a simulator", () => {
    expect(failuresOf({ host: { kind: "simulator", directory: "lab" } }).map(({ property }) => property)).toEqual(["host.directory"]);
  });

  it("says itself what is wanted of status and problems, whatever a refresh has stored of them", () => {
    const { inputs, failures } = check({ status: "damaged", problems: ["file-missing: x"] });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ status: "intact", problems: [] });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a text", { exportDirectory: "relative/x" }, 'could not use the argument exportDirectory ("relative/x"): The path is not absolute'],
    ["a path of Windows", { exportDirectory: "D:\\Backups" }, '("D:\\Backups"): This host takes paths such as /srv/exports/x'],
    ["a share", { exportDirectory: "\\\\nas\\x" }, "This host takes paths such as /srv/"],
    ["a lab of Windows", { host: { kind: "simulator", directory: "D:\\lab" } }, "an absolute path such as /srv/hyperv-lab"],
    ["a text within an object", { timeouts: { create: "6" } }, 'argument timeouts.create ("6"): Expected a duration'],
    ["a number", { host: { kind: "ssh", hostName: "hv01", port: 0 } }, "argument host.port (0): "],
    ["a long text, not to its end", { virtualMachine: "x".repeat(2000) }, `("${"x".repeat(120)}…"): `],
    ["a slip of an argument's name", { referencePiont: "x" }, "there is no such argument; the one most like it is referencePoint"],
  ])("shows %s that is no secret", (_, more, text) => {
    expect(failuresOf(more).map(({ error }) => error.message)[0]).toContain(text);
  });

  it.each<[string, Record<string, unknown>]>([
    ["the secret itself", { exportDirectory: "hush", secretInputs: ["exportDirectory"] }],
    ["a part of it", { timeouts: { create: "hush" }, secretInputs: ["timeouts"] }],
    ["what it is a part of", { host: { kind: "simulator", directory: "hush" }, secretInputs: ["host.directory"] }],
    ["another argument that holds it", { exportDirectory: "hush", virtualMachine: "hush".repeat(300), secretInputs: ["exportDirectory"] }],
    [
      "a password that nobody called one",
      { host: { kind: "winrm", computerName: "hv01", authentication: "basic", credential: { userName: "svc", password: ["hush"] } } },
    ],
    [
      "a password of a member that there is none of",
      {
        host: {
          kind: "winrm",
          computerName: "hv01",
          authentication: "ntlm",
          credential: { userName: "svc", password: "hush", realm: "x" },
        },
      },
    ],
    [
      "a password that was given in the place of its credential",
      { host: { kind: "winrm", computerName: "hv01", authentication: "ntlm", credential: "svc:hush" } },
    ],
    ["a private key that nobody called one", { host: { kind: "ssh", hostName: "hv01", keyFile: "id", privateKey: ["hush"] } }],
  ])("does not show %s", (_, more) => {
    const failures = failuresOf(more);
    expect(failures.length).toBeGreaterThan(0);
    for (const { error } of failures) expect(error.message).not.toContain("hush");
  });

  it("repeats no secret, whatever it is", () => {
    const secret = "hush4711";
    const carrier = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(secret, `/${secret}/..`, `1/${secret}`),
        fc.array(tie("value")),
        fc.dictionary(fc.constantFrom("kind", "directory", "level", "create"), tie("value")),
      ),
    })).value;
    fc.assert(
      fc.property(fc.constantFrom(...judged.map(([name]) => name).filter((name) => name !== "secretInputs")), carrier, (name, value) => {
        const failures = failuresOf({ [name]: value, secretInputs: [name] });
        expect(failures.map(({ error }) => error.message).join("\n")).not.toContain(secret);
      }),
      { numRuns: 1000 },
    );
  });

  it("neither throws nor is fooled by anything", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom(...judged.map(([name]) => name), "__proto__"), fc.string()), fc.anything()),
        (raw) => {
          checkArguments(raw, () => "posix");
          expect(({} as Record<string, unknown>).polluted).toBeUndefined();
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("defaults stay out of the state", () => {
  it("are filled in where they are used, nested ones, too", () => {
    const inputs = declaredInputs({ ...good, timeouts: { create: "1h" }, verification: { level: "content" } });
    expect(inputs).toMatchObject({
      timeouts: { create: "1h", stall: "20m", delete: "30m" },
      verification: { level: "content", portion: "1/1" },
      onDestroy: "delete",
      onExisting: "fail",
    });
    expect(inputs).not.toHaveProperty("referencePoint");
  });

  it("an unknown value stays one", () => {
    expect(declaredInputs({ ...good, timeouts: { create: UNKNOWN_VALUE } }).timeouts).toEqual({ create: UNKNOWN_VALUE });
  });
});
