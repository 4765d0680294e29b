import { describe, expect, it } from "vitest";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { UNKNOWN_VALUE } from "../../provider/domain/values/unknown-value";
import { DeclaredDirectories } from "../../provider/fronts/preview/same-directory";

const local = { kind: "local" } as const;
const lab = (directory: string) => ({ kind: "simulator", directory }) as const;
const ssh = (hostName: string) => ({ kind: "ssh", hostName }) as const;

type Declared = readonly [host: unknown, directory: string];

function errorOf(first: Declared, second: Declared): string | undefined {
  const directories = new DeclaredDirectories(() => "windows");
  const [one, other] = [first, second].map(([host, exportDirectory], index) =>
    directories.declare({ host, exportDirectory, createUrn: `urn:pulumi:s::p::t::r${index}` } as ExportInputs),
  );
  expect(one).toBeUndefined();
  return other?.code;
}

describe("two resources of one program", () => {
  it.each<[string, Declared, Declared, string | undefined]>([
    ["one directory", [local, "D:\\a\\b"], [local, "d:/A\\b\\"], "directory-owned-by-another"],
    ["inside", [local, "D:\\a"], [local, "D:\\A\\b\\c"], "directory-inside-another-export"],
    ["around", [local, "D:\\a\\b\\c"], [local, "D:\\A"], "directory-not-empty"],
    ["beside", [local, "D:\\a\\b"], [local, "D:\\a\\bc"], undefined],
    ["one machine by two accounts", [ssh("HV01"), "D:\\a"], [{ ...ssh("hv01"), userName: "x" }, "D:\\a"], "directory-owned-by-another"],
    ["two machines", [ssh("hv01"), "D:\\a"], [ssh("hv02"), "D:\\a"], undefined],
    ["two labs", [lab("/a"), "D:\\a"], [lab("/b"), "D:\\a"], undefined],
    ["a host that is not known yet", [local, "D:\\a"], [{ ...local, executable: UNKNOWN_VALUE }, "D:\\a"], undefined],
    ["a directory that is not known yet", [local, UNKNOWN_VALUE], [local, UNKNOWN_VALUE], undefined],
  ])("%s", (_, first, second, code) => expect(errorOf(first, second)).toBe(code));

  it("by another text of the directory, and the error names it as declared", () => {
    const directories = new DeclaredDirectories(() => "posix");
    const inputs = (exportDirectory: string) => ({ host: lab("/a"), exportDirectory, createUrn: "urn:pulumi:s::p::t::r" }) as ExportInputs;
    expect(directories.declare(inputs("/link/x"), "/real/x")).toBeUndefined();
    expect(directories.declare(inputs("/real/x/y"), "/real/x/y")).toMatchObject({
      code: "directory-inside-another-export",
      subject: "/real/x/y",
    });
    expect(directories.declare(inputs("/other/x"), "/real/x")).toMatchObject({ code: "directory-owned-by-another", subject: "/other/x" });
  });
});
