import { describe, expect, it, test } from "vitest";
import { type ErrorCode, errorTable } from "../../provider/domain/errors/error-table";
import { returnCodes } from "../../provider/domain/hyperv/return-codes";
import { HostError, type HostErrorKind, hostErrorKinds, hostFaults, pointRefusals } from "../../provider/host/port";
import { explain } from "../../provider/lifecycle/session/host-failure";

/** What a person can look up: a new kind has to be thought of here. */
const codes: { readonly [kind in HostErrorKind]: ErrorCode } = {
  failed: "host-failed",
  accessDenied: "access-denied",
  notSupported: "host-failed",
  unknownStatus: "host-failed",
  timeout: "host-failed",
  invalidParameter: "host-failed",
  inUse: "host-failed",
  invalidState: "host-failed",
  incorrectDataType: "host-failed",
  notAvailable: "host-failed",
  outOfMemory: "host-failed",
  unreachable: "host-unreachable",
  unusable: "host-failed",
  connectionLost: "connection-lost",
  notFound: "host-failed",
  noSpace: "not-enough-space",
  fileInUse: "file-in-use",
  volumeMissing: "volume-missing",
  movedDirectory: "directory-moved",
  linkInPath: "link-in-path",
  preconditionFailed: "superseded",
  damagedState: "host-state-damaged",
  io: "host-failed",
};

describe.each(hostErrorKinds)("an error of kind %s", (kind) => {
  const error = explain(new HostError(kind, "the host says why", { path: "D:\\there" }), "look at it", "D:\\here");

  it("has its code, and the remedy of that", () => {
    expect(error.code).toBe(codes[kind]);
    expect(error.remedy).toBe(errorTable[error.code].remedy);
  });

  it("says what failed, on what and why, in the host's own words", () => {
    expect(error).toMatchObject({ step: "look at it", subject: "D:\\here", reason: "the host says why (D:\\there)" });
  });

  it("gives the host's own remedy where it has one", () => {
    expect(explain(new HostError(kind, "why", { remedy: "Do this." }), "look at it", "D:\\here").remedy).toBe("Do this.");
  });
});

describe.each(hostFaults)("the fault %s of a host", (fault) => {
  const ownCode = fault.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

  it.each(["unusable", "accessDenied"] as const)("has a code of its own and the remedy of that, in an error of kind %s", (kind) => {
    const { code, remedy } = explain(new HostError(kind, "why", { fault }), "look at it", "D:\\here");
    expect(code).toBe(ownCode);
    expect(remedy).toBe(errorTable[code].remedy);
  });
});

describe.each(pointRefusals)("what keeps Hyper-V from making a point: %s", (refusal) => {
  const ownCode = refusal.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const codeOf = (kind: HostErrorKind) => explain(new HostError(kind, "no", { refusal, returnCode: 1 }), "make it", "vm").code;

  it("has a code of its own", () => {
    expect(codeOf("notSupported")).toBe(ownCode);
  });

  it("is no reason of a refusal that passes, unless it passes itself", () => {
    expect(codeOf("invalidState")).toBe(refusal === "checkpointRunning" ? ownCode : "method-refused");
  });
});

test("the method that was refused is named", () => {
  const error = new HostError("failed", "no", { returnCode: 32768 });
  for (const method of ["ExportReferencePoint", "CreateReferencePoint", "DestroyReferencePoint"] as const)
    expect(explain(error, "do it", "vm", method).reason).toContain(`${method} returned 32768`);
});

test("the first kinds are the return codes of the method, in their order", () => {
  expect(returnCodes.map((row) => row.kind)).toEqual(hostErrorKinds.slice(0, returnCodes.length));
});

it.each(returnCodes)("return code $code is told as a refusal, with the code", ({ kind, code }) => {
  const error = explain(new HostError(kind, "not now", { returnCode: code }), "export", "D:\\here");
  expect(error.code).toBe(kind === "accessDenied" ? "access-denied" : "method-refused");
  expect(error.reason).toContain(String(code));
  expect(error.reason).toContain("not now");
});
