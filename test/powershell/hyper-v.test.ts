import * as fs from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { ExportRequest, HostFault } from "../../provider/host/port";
import { value } from "../contract/answers";
import { describeThroughCim, error, pathOf } from "./cim-room";
import { until } from "./shell-room";

describeThroughCim("Hyper-V through CIM", (cim) => {
  let serial = 0;

  beforeAll(() => cim().lab.configure({ bytesPerSecond: 40 * 1024 * 1024, jobStartDelay: 20 }));

  const machine = async () => {
    const [found] = value((await cim().host.findVirtualMachines(["SQL01"]))[0]);
    if (!found) throw new Error("no SQL01");
    return found;
  };
  const request = async (exportDirectory = cim().room.path(`export-${++serial}`)): Promise<ExportRequest> => {
    const { id } = await machine();
    const [point] = value((await cim().host.listReferencePoints([id]))[0]);
    fs.mkdirSync(exportDirectory);
    return { virtualMachineId: id, referencePointId: point?.id ?? "", disksToExport: [], exportDirectory };
  };
  const start = async () => pathOf(value((await cim().host.exportReferencePoints([await request()]))[0]));
  const look = async (path: string) => value((await cim().host.poll({ jobs: [path], tasks: [] })).jobs[0]);
  const finished = async (path: string) => {
    await until(async () => ![2, 3, 4].includes((await look(path))?.jobState ?? 0));
    return look(path);
  };

  describe("an empty list is not believed", () => {
    const troubles: [string, () => void, HostFault][] = [
      ["of an account that sees no row", () => Object.assign(cim().wmi.moods, { rights: "noRows" }), "noHyperVRights"],
      ["of an account that is denied", () => Object.assign(cim().wmi.moods, { rights: "denied" }), "noHyperVRights"],
      ["while vmms is stopped", () => Object.assign(cim().wmi.moods, { managementService: "stopped" }), "managementServiceStopped"],
      [
        "while the provider does not load",
        () => Object.assign(cim().wmi.moods, { providersNotLoading: ["Msvm_ComputerSystem"] }),
        "managementServiceStopped",
      ],
      ["without the namespace", () => Object.assign(cim().wmi.moods, { missingNamespaces: ["root/virtualization/v2"] }), "hyperVMissing"],
      ["without the classes", () => Object.assign(cim().wmi.moods, { missingClasses: ["Msvm_ComputerSystem"] }), "hyperVMissing"],
    ];
    it.each(troubles)("%s", async (_, arrange, fault) => {
      cim().wmi.moods.language = "de";
      arrange();
      const answer = error((await cim().host.findVirtualMachines(["no such machine"]))[0]);
      expect(answer.details.fault, answer.message).toBe(fault);
      expect(answer.message).toMatch(/HRESULT 0x8[0-9a-f]{7}|vmms|account/);
      // Not even of all machines: a program that exports each that is listed would give all its exports up.
      expect(error(await cim().host.listVirtualMachines()).details.fault).toBe(fault);
    });

    it.each<[string, () => void, HostFault, string]>([
      ["an account that sees no row", () => Object.assign(cim().wmi.moods, { rights: "noRows" }), "noHyperVRights", "running"],
      ["an account that is denied", () => Object.assign(cim().wmi.moods, { rights: "denied" }), "noHyperVRights", "running"],
      ["a stopped service", () => Object.assign(cim().wmi.moods, { managementService: "stopped" }), "managementServiceStopped", "stopped"],
      [
        "no such namespace",
        () => Object.assign(cim().wmi.moods, { missingNamespaces: ["root/virtualization/v2"] }),
        "hyperVMissing",
        "running",
      ],
      ["no such service", () => Object.assign(cim().wmi.moods, { managementService: "missing" }), "hyperVMissing", "missing"],
    ])("an inspection tells of %s", async (_, arrange, fault, managementService) => {
      cim().wmi.moods.language = "de";
      arrange();
      const facts = await cim().host.inspect();
      expect(facts.faults.map(({ details }) => details.fault)).toEqual([fault]);
      expect(facts.managementService).toBe(managementService);
      expect(facts.powershell?.version).toMatch(/^\d+\.\d+/);
    });

    it("neither of points nor of jobs", async () => {
      const { id } = await machine();
      const job = await start();
      await finished(job);
      cim().wmi.moods.rights = "noRows";
      expect(error((await cim().host.listReferencePoints([id]))[0]).details.fault).toBe("noHyperVRights");
      expect(error((await cim().host.findExportJobs([cim().room.folder]))[0]).details.fault).toBe("noHyperVRights");
      expect(error((await cim().host.poll({ jobs: [job], tasks: [] })).jobs[0]).details.fault).toBe("noHyperVRights");
      expect(error((await cim().host.terminateJobs([job]))[0]).details.fault).toBe("noHyperVRights");
      await cim().afresh(async (other) => {
        const refused = error(
          (
            await other.exportReferencePoints([
              { virtualMachineId: id, referencePointId: "Microsoft:X", disksToExport: [], exportDirectory: cim().room.folder },
            ])
          )[0],
        );
        expect(refused.details.fault).toBe("noHyperVRights");
      });
    });

    it("nor of jobs alone, where UAC has filtered the token", async () => {
      const path = await start();
      cim().wmi.moods.rights = "noJobs";
      await cim().filtered(async (other) => {
        const [found] = await other.findExportJobs([cim().room.path()]);
        const [looked] = (await other.poll({ jobs: [path], tasks: [] })).jobs;
        for (const answer of [found, looked]) expect(error(answer)).toMatchObject({ kind: "unusable", details: { fault: "notElevated" } });
        cim().wmi.moods.rights = "full";
        expect(value((await other.poll({ jobs: [path], tasks: [] })).jobs[0])?.path).toBe(path);
        // It may see every machine, and no job of them.
        expect((await other.inspect()).faults).toMatchObject([{ details: { fault: "notElevated" } }]);
      });
      await finished(path);
    });

    it("and a machine that another node of the cluster runs is elsewhere, by its name and by its GUID", async () => {
      const { id } = await machine();
      cim().wmi.moods.clusterOwners = { SQL01: "HV02" };
      for (const query of ["sql01", id]) {
        const answer = error((await cim().host.findVirtualMachines([query]))[0]);
        expect(answer.details.fault).toBe("machineElsewhere");
        expect(answer.message).toContain("HV02");
      }
      expect(error((await cim().host.listReferencePoints([id]))[0]).details.fault).toBe("machineElsewhere");
      const strangers = ["never heard of", "00000000-0000-4000-8000-00000000000A"];
      expect((await cim().host.findVirtualMachines(strangers)).map(value)).toEqual([[], []]);
      expect(error((await cim().host.listReferencePoints(strangers))[1]).kind).toBe("notFound");
    });
  });

  describe("an export", () => {
    it("says what the method said, in codes", async () => {
      cim().wmi.moods.busy = { code: 32774, times: 1 };
      const answer = error((await cim().host.exportReferencePoints([await request()]))[0]);
      expect(answer).toMatchObject({ kind: "inUse", details: { returnCode: 32774 } });
    });

    it.each(["before", "inAnswer", "after"] as const)("that was cut off %s may or may not have run", async (at) => {
      const asked = await request();
      cim().wmi.moods.cut = { at, times: 1, on: "ExportReferencePoint" };
      const answer = error((await cim().host.exportReferencePoints([asked]))[0]);
      expect(answer.kind).toBe("connectionLost");
      const jobs = value((await cim().host.findExportJobs([asked.exportDirectory]))[0]);
      expect(jobs.length).toBe(at === "before" ? 0 : 1);
      for (const job of jobs) await finished(job.path);
    });

    it("of differences names base and disks as Hyper-V reads them", async () => {
      const { id, disks } = await machine();
      const [older, newer] = value((await cim().host.listReferencePoints([id]))[0]);
      const exportDirectory = cim().room.path(`export-${++serial}`);
      fs.mkdirSync(exportDirectory);
      const disk = disks[0]?.instanceId ?? "";
      const asked = {
        virtualMachineId: id,
        referencePointId: newer?.id ?? "",
        baseReferencePointId: older?.id ?? "",
        disksToExport: [disk],
        exportDirectory,
      };
      const started = value((await cim().host.exportReferencePoints([asked]))[0]);
      if (started.kind !== "job") throw new Error(started.kind);
      const job = await finished(started.path);
      expect(job).toMatchObject({ jobState: 7, baseReferencePointId: older?.id, exportedDisks: [disk] });
    });

    it("whose settings cannot be written as XML is refused before the call", async () => {
      const asked = { ...(await request()), disksToExport: ["disk\u0001"] };
      expect(error((await cim().host.exportReferencePoints([asked]))[0]).kind).toBe("invalidParameter");
      expect(cim().wmi.requests.filter((one) => one.operation === "invoke")).toEqual([]);
    });
  });

  describe("a job", () => {
    it("of the class Msvm_ConcreteJob is followed by its path all the same", async () => {
      cim().wmi.moods.exportJobClass = "Msvm_ConcreteJob";
      const asked = await request();
      const started = value((await cim().host.exportReferencePoints([asked]))[0]);
      if (started.kind !== "job") throw new Error(started.kind);
      expect(started.path).toContain(":Msvm_ConcreteJob.InstanceID=");
      const job = await finished(started.path);
      expect(job).toMatchObject({ jobState: 7, exportDirectory: asked.exportDirectory, referencePointId: asked.referencePointId });
    });

    it("of the class Msvm_ConcreteJob that another run has started may write anywhere while it runs", async () => {
      cim().wmi.moods.exportJobClass = "Msvm_ConcreteJob";
      await cim().lab.configure({ jobStartDelay: 60_000 });
      const asked = await request();
      const started = value((await cim().host.exportReferencePoints([asked]))[0]);
      expect(value((await cim().host.findExportJobs([asked.exportDirectory]))[0])).toMatchObject([
        { exportDirectory: asked.exportDirectory },
      ]);
      await cim().afresh(async (other) => {
        const directories = [asked.exportDirectory, cim().room.path("elsewhere")];
        for (const answer of await other.findExportJobs(directories)) expect(error(answer).kind).toBe("inUse");
        if (started.kind === "job") await cim().host.terminateJobs([started.path]);
        expect(await other.findExportJobs(directories)).toEqual([
          { ok: true, value: [] },
          { ok: true, value: [] },
        ]);
      });
      await cim().lab.configure({ jobStartDelay: 20 });
    });

    it("that is forgotten answers undefined, and ends when it is told to", async () => {
      const job = await start();
      cim().wmi.moods.jobsForgotten = true;
      expect(await look(job)).toBeUndefined();
      expect(await cim().host.terminateJobs([job])).toEqual([{ ok: true, value: undefined }]);
      cim().wmi.moods.jobsForgotten = false;
      await finished(job);
    });

    it("that calls itself completed and names an error has failed, and says all that Hyper-V says", async () => {
      const job = await start();
      await finished(job);
      cim().wmi.moods.jobValues = { JobState: 7, ErrorCode: 32768, ErrorDescription: "Datenträger voll" };
      const seen = await look(job);
      expect(seen).toMatchObject({ jobState: 10, errorCode: 32768 });
      expect(seen?.errorDescription).toContain("Datenträger voll");
    });

    it.each(["cim", "vendor"] as const)("is terminated, twice as well, where codes are of the family %s", async (terminateCodes) => {
      cim().wmi.moods.terminateCodes = terminateCodes;
      await cim().lab.configure({ jobStartDelay: 60_000 });
      const job = await start();
      expect(await cim().host.terminateJobs([job])).toEqual([{ ok: true, value: undefined }]);
      expect((await finished(job))?.jobState).toBe(8);
      expect(await cim().host.terminateJobs([job])).toEqual([{ ok: true, value: undefined }]);
      await cim().lab.configure({ jobStartDelay: 20 });
    });

    it("is one of a thousand in one poll, asked for in queries of at most fifty", async () => {
      const job = await start();
      await finished(job);
      cim().wmi.requests.length = 0;
      const others = Array.from({ length: 999 }, (_, index) =>
        job.replace(/"[^"]+"$/, `"00000000-0000-0000-0000-${String(index).padStart(12, "0")}"`),
      );
      const { jobs } = await cim().host.poll({ jobs: [...others, job], tasks: [] });
      expect(jobs.slice(0, -1).every((answer) => answer.ok && answer.value === undefined)).toBe(true);
      expect(value(jobs.at(-1))?.path).toBe(job);
      const queries = cim().wmi.requests.filter((one) => one.className === "CIM_ConcreteJob");
      expect(queries).toHaveLength(20);
      for (const { text } of queries) expect(text.split(" OR ").length).toBeLessThanOrEqual(50);
    });
  });

  it("gives every call a time limit", async () => {
    cim().wmi.moods.delay = 1;
    await machine();
    const source = fs.readFileSync(new URL("../../dist/host/powershell/bridge.ps1", import.meta.url), "utf8");
    const calls = source
      .split("\n")
      .filter((line) => /(?<!function )\b(Get-CimInstance|Get-CimAssociatedInstance|Invoke-CimMethod)\b/.test(line) && !/^\s*#/.test(line));
    expect(calls.length).toBeGreaterThan(4);
    for (const line of calls) expect(line).toMatch(/OperationTimeoutSec|@parameters/);
  });
});
