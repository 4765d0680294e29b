import { describe, expect, it } from "vitest";
import { withoutNames } from "../../provider/domain/probe/without-names";

const names = { HOST: ["HV01"], ACCOUNT: ["CORP\\svc.backup", "svc.backup@corp.example"], DIRECTORY: ["D:\\Probes", "D:\\Probes\\deep"] };
const cleared = (text: string) => withoutNames({ text }, names).text;

describe("a report without the names of its site", () => {
  it.each([
    ["\\\\HV01\\root\\virtualization\\v2:Msvm_ConcreteJob", "\\\\HOST\\root\\virtualization\\v2:Msvm_ConcreteJob"],
    ["hv01.corp.example answers", "HOST answers"],
    ["xHV01x", "xHOSTx"],
    ["d:\\probes\\DEEP\\full", "DIRECTORY\\full"],
    ["CORP\\SVC.backup and svc.backup and corp", "ACCOUNT and ACCOUNT and ACCOUNT"],
    ["svc.backup@corp.example", "ACCOUNT"],
    ["S-1-5-21-1004336348-1177238915-682003330-512", "SID"],
    ["from 10.20.30.40:5985", "from ADDRESS:5985"],
    ["from fe80::1ff:fe23:4567:890a%12 and 2001:db8:0:0:8:800:200c:417a", "from ADDRESS%12 and ADDRESS"],
    ["took 00:01:02.5 of 2026-11-30T08:51:04Z", "took 00:01:02.5 of 2026-11-30T08:51:04Z"],
    ["svcXbackup", "svcXbackup"],
  ])("%j", (text, wanted) => {
    expect(cleared(text)).toBe(wanted);
  });

  it("numbers GUIDs throughout, whatever their letters", () => {
    const [one, other] = ["6b29fc40-ca47-1067-b31d-00dd010662da", "A3BB189E-8BF9-3888-9912-ACE4E6543002"];
    const told = withoutNames({ list: [one, { inner: `Microsoft:${one.toUpperCase()}` }, other], [one]: 1 }, names);
    expect(told.list).toEqual(["GUID-1", { inner: "Microsoft:GUID-1" }, "GUID-2"]);
    expect(told[one]).toBe(1);
  });

  it("does not take words apart by a name of two letters", () => {
    const short = { HOST: ["vm"], ACCOUNT: [""], DIRECTORY: ["/x"] };
    expect(withoutNames(["vm", "Msvm_ConcreteJob", "vmms", "on VM:", "/x/full"], short)).toEqual([
      "HOST",
      "Msvm_ConcreteJob",
      "vmms",
      "on HOST:",
      "DIRECTORY/full",
    ]);
  });

  it("leaves its own words as they are, whatever the host is called", () => {
    const site = { HOST: ["HYPERV"], ACCOUNT: ["NT AUTHORITY\\SYSTEM"], DIRECTORY: [] };
    const report = { format: "hyperv-export/probe", calls: [{ step: "fullExport", jobClass: "Msvm_VirtualSystemExportJob" }] };
    const answer = "Msvm_VirtualSystemExportJob of SYSTEM on hyperv.corp.example";
    expect(withoutNames({ ...report, answer }, site)).toEqual({ ...report, answer: "Msvm_VirtualSystemExportJob of ACCOUNT on HOST" });
  });

  it("takes no name for a pattern", () => {
    expect(withoutNames(["a.c", "abc", "C:\\(x)[y]$"], { HOST: [], ACCOUNT: ["a.c"], DIRECTORY: ["C:\\(x)[y]$"] })).toEqual([
      "ACCOUNT",
      "abc",
      "DIRECTORY",
    ]);
  });
});
