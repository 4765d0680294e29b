import { describe, expect, it } from "vitest";
import { asExportError } from "../../provider/domain/errors/as-export-error";
import { ExportError } from "../../provider/domain/errors/export-error";

describe("any error as one of this package", () => {
  it("is itself where it is one", () => {
    const error = new ExportError("host-unreachable", { step: "reach the host", subject: "hv01", reason: "it is off" });
    expect(asExportError(error)).toBe(error);
  });

  it("is a fault of ours with its stack where nobody foresaw it", () => {
    const fault = new TypeError("x is not a function");
    const error = asExportError(fault);
    expect(error.code).toBe("unexpected");
    expect(error.message).toContain("x is not a function");
    expect(error.message).toContain("as-export-error.test");
    expect(error.cause).toBe(fault);
    expect(asExportError("only a word").message).toContain("only a word");
  });
});
