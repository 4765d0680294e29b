import { describe, expect, it } from "vitest";
import { errorTable, mayLastForGood } from "../../provider/domain/errors/error-table";
import { ExportError } from "../../provider/domain/errors/export-error";
import { withWayOut } from "../../provider/domain/errors/give-up";
import { jobRemedy } from "../../provider/domain/hyperv/job-remedies";
import { nextUp, problemTable } from "../../provider/domain/reference-point-export/problem";
import { hostErrorFrom } from "../../provider/host/local-files/file-errors";
import { hostErrorFrom as bridgeErrorFrom, type Failure } from "../../provider/host/powershell/failures";
import type { Greeting } from "../../provider/host/powershell/session/greeting";
import { explain } from "../../provider/lifecycle/session/host-failure";

const codes = Object.keys(errorTable) as (keyof typeof errorTable)[];

function system(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: what the system says, ${call} '${path}'`), { code });
}

describe("an error of this machine's files", () => {
  const told = (code: string, path = "/srv/x/claim.json") =>
    explain(hostErrorFrom(system(code, "open", path), "create the file", path), "write the claim", "/srv/x");

  it("names the path once", () => {
    expect(told("EACCES").message.split("/srv/x/claim.json")).toHaveLength(2);
    expect(told("EACCES", "/srv/x").message.split("/srv/x")).toHaveLength(2);
    const moved = Object.assign(new Error("EXDEV: cross-device link, rename '/srv/x/a' -> '/srv/x/b'"), { code: "EXDEV" });
    expect(explain(hostErrorFrom(moved, "move", "/srv/x/a"), "move", "/srv/x/a").message.split("/srv/x/a")).toHaveLength(2);
  });

  it("of a file system that takes no writes does not ask for a right", () => {
    expect(told("EROFS").code).toBe("volume-read-only");
    expect(told("EROFS").remedy).not.toMatch(/right/);
  });

  it.skipIf(process.platform === "win32")("that a right would not help says what else forbids it", () => {
    expect(told("EPERM")).toMatchObject({ code: "access-denied", remedy: expect.stringContaining("lsattr") });
    expect(told("EACCES").remedy).toBe(errorTable["access-denied"].remedy);
  });
});

describe("an error of a Windows host's files", () => {
  const failure = {
    kind: null,
    fault: null,
    path: null,
    returnCode: null,
    refusal: null,
    called: false,
    id: "IOException",
    nativeErrorCode: null,
  } as const;
  const host = { computerName: "HV01", filteredToken: false, networkLogon: false } as Greeting;
  const told = (hresult: number, message: string) =>
    explain(
      bridgeErrorFrom({ ...failure, hresult, message } satisfies Failure, { action: "create a file in", path: "D:\\x" }, host),
      "write the claim",
      "D:\\x",
    );

  it("names the path once, and the host", () => {
    const { message } = told(0x80070005 | 0, "Access to the path 'D:\\x' is denied.");
    expect(message.split("D:\\x")).toHaveLength(2);
    expect(message).toContain("Access to the path is denied (0x80070005), on HV01");
  });

  it("of a write-protected volume does not ask for a right", () => {
    expect(told(0x80070013 | 0, "The media is write protected.").code).toBe("volume-read-only");
    expect(told(30, "Read-only file system").code).toBe("volume-read-only");
  });
});

describe("a job that failed", () => {
  it.each<[string, RegExp]>([
    ["Es steht nicht genug Speicherplatz zur Verfügung. (0x80070070).", /^Free space/],
    ["Access denied (0X80070005)", /^Give the host's computer account/],
    ["(0x80070020)", /virus scanner/],
    ["unspecified error (0x80004005), then 0x80070013", /write protection/],
  ])("%s", (description, remedy) => expect(jobRemedy(description)).toMatch(remedy));

  it.each([undefined, "", "The disk is on fire.", "0x80004005"])("says nothing more of %s", (description) => {
    expect(jobRemedy(description)).toBeUndefined();
  });
});

describe("the way to give an export up", () => {
  const known = { id: "the-id", urn: "urn:pulumi:dev::ops::t::x" };
  const error = (code: (typeof codes)[number]) => new ExportError(code, { step: "look", subject: "x", reason: "why" });

  it.each(codes)("follows the remedy of %s where that may last for good, and only there", (code) => {
    const told = withWayOut(error(code), known) as ExportError;
    expect(told.code).toBe(code);
    if (mayLastForGood(code))
      expect(told.remedy).toMatch(/^.+\. Only if it is gone for good: .*'urn:pulumi:dev::ops::t::x'.* the id the-id\.$/);
    else expect(told.remedy).toBe(errorTable[code].remedy);
  });

  it("is of no use for what is no error of ours", () => {
    const other = new Error("x");
    expect(withWayOut(other, known)).toBe(other);
  });
});

describe("no remedy of the table", () => {
  it.each(codes)("%s costs an export that is there", (code) => {
    expect(errorTable[code].remedy).not.toMatch(/(destroy|delete|remove) (it|that|the (other|old|export|directory))|state delete/i);
    expect(errorTable[code].remedy).toMatch(/\.$/);
  });
});

describe("what the next up does about several problems", () => {
  it.each<[(keyof typeof problemTable)[], keyof typeof problemTable]>([
    [["manifest-missing"], "manifest-missing"],
    [["claim-missing", "manifest-missing"], "claim-missing"],
    [["manifest-missing", "file-resized"], "file-resized"],
    [["file-missing", "file-replaced"], "file-replaced"],
    [["file-replaced", "claim-of-another-export"], "claim-of-another-export"],
    [["repair-unfinished", "claim-missing"], "repair-unfinished"],
  ])("%j: as %s", (found, decisive) => {
    expect(nextUp(found.map((code) => ({ code })))).toBe(`The next pulumi up ${problemTable[decisive].nextUp}.`);
  });
});
