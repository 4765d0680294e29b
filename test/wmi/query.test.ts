import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compiled } from "../support/wmi/query/match";
import { parseSelect } from "../support/wmi/query/parse";
import { Schema, virtualization } from "../support/wmi/schema";
import type { Row } from "../support/wmi/values";
import { WmiError } from "../support/wmi/wmi-error";

const schema = new Schema();

function find(className: string, where: string, rows: readonly Row[]): Row[] {
  const wmiClass = schema.class(virtualization, className);
  if (wmiClass === undefined) throw new Error(`no ${className}`);
  const { where: condition } = parseSelect(`SELECT * FROM ${className} WHERE ${where}`);
  if (condition === undefined) throw new Error("no condition");
  const test = compiled(condition, wmiClass);
  return rows.filter((row) => test({ className, row }));
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof WmiError) return error.kind;
    throw error;
  }
  return "none";
}

const machines: Row[] = [
  { ElementName: "SQL01", Name: "A", EnabledState: 2, OnTimeInMilliseconds: 10 },
  { ElementName: "sql02", Name: "B", EnabledState: 3 },
  { ElementName: "100% [x]", Name: "C" },
];

function names(where: string): unknown[] {
  return find("Msvm_ComputerSystem", where, machines).map((row) => row.Name);
}

describe("WQL", () => {
  it.each([
    ["ElementName = 'sql01'", ["A"]],
    ['ElementName = "SQL01"', ["A"]],
    ["elementname <> 'sql01'", ["B", "C"]],
    ["ElementName LIKE 'sql%'", ["A", "B"]],
    ["ElementName LIKE 'sql0_'", ["A", "B"]],
    ["ElementName LIKE 'sql0[2-9]'", ["B"]],
    ["ElementName LIKE 'sql0[^2-9]'", ["A"]],
    ["ElementName LIKE '100[%] [[]x]'", ["C"]],
    ["EnabledState = 2", ["A"]],
    ["EnabledState >= '2'", ["A", "B"]],
    ["EnabledState IS NULL", ["C"]],
    ["EnabledState IS NOT NULL AND NOT ElementName = 'SQL01'", ["B"]],
    ["Name = 'A' OR Name = 'B' AND EnabledState = 9", ["A"]],
    ["(Name = 'A' OR Name = 'B') AND EnabledState = 3", ["B"]],
    ["__CLASS = 'msvm_computersystem' AND Name = 'C'", ["C"]],
  ])("%s", (where, found) => {
    expect(names(where)).toEqual(found);
  });

  it("compares references as paths, in any of their forms", () => {
    const keys = { CreationClassName: "Msvm_ComputerSystem", Name: "A" };
    const links = [{ Antecedent: { namespace: virtualization, className: "Msvm_ComputerSystem", keys } }];
    const path = 'Msvm_ComputerSystem.Name=\\"a\\",CreationClassName=\\"Msvm_ComputerSystem\\"';
    for (const form of [path, `\\\\\\\\HV01\\\\root\\\\virtualization\\\\v2:${path}`]) {
      expect(find("Msvm_ReferencePointOfVirtualSystem", `Antecedent = "${form}"`, links)).toEqual(links);
    }
  });

  it.each([
    "Nope = 1",
    "EnabledState = 'many'",
    "ElementName = 3",
    "EnabledState LIKE '2%'",
    "OperationalStatus = 2",
    "ElementName = 'C:\\x'",
    "ElementName = 'it's'",
    "ElementName =",
    "ElementName 'a'",
    "(Name = 'A'",
    "Name = 'A' Name = 'B'",
    "Name = $x",
  ])("refuses %s", (where) => {
    expect(refusal(() => names(where))).toBe("invalidQuery");
  });

  it("refuses a query of too many comparisons", () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `Name = '${index}'`).join(" OR ");
    expect(refusal(() => names(ids(200)))).toBe("none");
    expect(refusal(() => names(ids(201)))).toBe("quotaViolation");
  });

  it("finds any text by its escaped form, and only it", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "'", '"', "\\", "%", "_", "[", "\n", "ü", " "), maxLength: 6 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        const rows = [
          { ElementName: one, Name: "A" },
          { ElementName: other, Name: "B" },
        ];
        const literal = one.replace(/[\\']/g, "\\$&");
        const found = find("Msvm_ComputerSystem", `ElementName = '${literal}'`, rows).map((row) => row.Name);
        expect(found).toEqual(one.toLowerCase() === other.toLowerCase() ? ["A", "B"] : ["A"]);
      }),
    );
  });
});
