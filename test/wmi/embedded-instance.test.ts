import { describe, expect, it } from "vitest";
import { readEmbeddedInstance } from "../support/wmi/methods/embedded-instance";
import { Schema, virtualization } from "../support/wmi/schema";
import { parsePath, pathOf } from "../support/wmi/values";

const CLASS = "Msvm_VirtualSystemReferencePointExportSettingData";
const settings = new Schema().class(virtualization, CLASS);

function read(source: string) {
  if (settings === undefined) throw new Error(`no ${CLASS}`);
  return readEmbeddedInstance(source, settings);
}

function instance(content: string): string {
  return `<INSTANCE CLASSNAME="${CLASS}">${content}</INSTANCE>`;
}

describe("an embedded instance", () => {
  it("gives what is written, entities and all", () => {
    const content =
      '<PROPERTY NAME="BaseReferencePoint" TYPE="string"><VALUE>a&amp;b &lt;&quot;</VALUE></PROPERTY>' +
      '<PROPERTY.ARRAY NAME="DisksToExport" TYPE="string"><VALUE.ARRAY><VALUE>x\\y</VALUE><VALUE> z </VALUE></VALUE.ARRAY></PROPERTY.ARRAY>';
    expect(read(instance(content))).toEqual({ ok: true, row: { BaseReferencePoint: 'a&b <"', DisksToExport: ["x\\y", " z "] } });
  });

  it("gives booleans and numbers as what they are", () => {
    const wmiClass = new Schema().class(virtualization, "Msvm_VirtualSystemExportSettingData");
    const property = (name: string, type: string, text: string) =>
      `<PROPERTY NAME="${name}" TYPE="${type}"><VALUE>${text}</VALUE></PROPERTY>`;
    const content = property("CopyVmStorage", "boolean", "TRUE") + property("CreateVmExportSubdirectory", "boolean", "false");
    const source = `<INSTANCE CLASSNAME="${wmiClass?.name}">${content}${property("CopySnapshotConfiguration", "uint8", "3")}</INSTANCE>`;
    if (wmiClass === undefined) throw new Error("the schema has no such class");
    expect(readEmbeddedInstance(source, wmiClass)).toEqual({
      ok: true,
      row: { CopyVmStorage: true, CreateVmExportSubdirectory: false, CopySnapshotConfiguration: 3 },
    });
  });

  it("may have qualifiers, nulls, inherited properties, and nothing", () => {
    const content =
      '<QUALIFIER NAME="dynamic" TYPE="boolean"><VALUE>TRUE</VALUE></QUALIFIER>' +
      '<PROPERTY NAME="BaseReferencePoint" TYPE="string"></PROPERTY><PROPERTY NAME="InstanceID" TYPE="string"><VALUE>i</VALUE></PROPERTY>';
    expect(read(instance(content))).toEqual({ ok: true, row: { InstanceID: "i" } });
    expect(read(instance(""))).toEqual({ ok: true, row: {} });
  });

  it.each([
    ["another class", '<INSTANCE CLASSNAME="Msvm_Other"></INSTANCE>'],
    ["another root", "<CIM></CIM>"],
    ["text that is no XML", "instance of X { };"],
    ["an open element", `<INSTANCE CLASSNAME="${CLASS}">`],
    ["an unescaped ampersand", instance('<PROPERTY NAME="BaseReferencePoint" TYPE="string"><VALUE>a & b</VALUE></PROPERTY>')],
    ["a control character", instance('<PROPERTY NAME="BaseReferencePoint" TYPE="string"><VALUE>\u0001</VALUE></PROPERTY>')],
    ["an unknown property", instance('<PROPERTY NAME="Nope" TYPE="string"><VALUE>x</VALUE></PROPERTY>')],
    ["a wrong type", instance('<PROPERTY NAME="BaseReferencePoint" TYPE="uint16"><VALUE>1</VALUE></PROPERTY>')],
    ["an array written as one value", instance('<PROPERTY NAME="DisksToExport" TYPE="string"><VALUE>x</VALUE></PROPERTY>')],
    ["two values", instance('<PROPERTY NAME="BaseReferencePoint" TYPE="string"><VALUE>x</VALUE><VALUE>y</VALUE></PROPERTY>')],
    ["another element", instance("<METHOD/>")],
  ])("is refused for %s", (_, source) => {
    expect(read(source)).toMatchObject({ ok: false });
  });
});

describe("an object path", () => {
  it("survives its own escapes", () => {
    const reference = { namespace: virtualization, className: "X", keys: { InstanceID: 'a\\"b,c="d"', Other: "\\\\" } };
    expect(parsePath(pathOf(reference, "HV01"), "")).toEqual(reference);
  });

  it.each(["", "X", "X.", "X.A", 'X.A="b', 'X.A="b"c', 'X.A="b\\c"', 'X.A="b",'])("is not %j", (text) => {
    expect(parsePath(text, virtualization)).toBeUndefined();
  });
});
