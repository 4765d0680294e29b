import * as fs from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Answer, ExportRequest, HostError, HostFault } from "../../provider/host/port";
import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { Simulator } from "../../provider/host/simulator/index";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { calmMoods } from "../support/wmi/moods";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { ShellRoom, until } from "./shell-room";

describeWithPowerShell("Hyper-V through CIM", (powershell) => {
  let room: ShellRoom;
  let lab: Simulator;
  let wmi: Wmi;
  let host: PowerShellHost;
  let serial = 0;

  beforeAll(async () => {
    room = new ShellRoom(powershell);
    lab = await Simulator.open(room.path("lab"));
    await lab.configure({ bytesPerSecond: 40 * 1024 * 1024, jobStartDelay: 20 });
    wmi = await startWmi(room.path("lab"));
    setShellEnvironment(wmi.environment);
  });
  beforeEach(() => {
    host ??= new PowerShellHost(localTransport({ executable: powershell }));
  });
  afterEach(() => {
    Object.assign(wmi.moods, calmMoods());
    expect(wmi.broken).toEqual([]);
    wmi.requests.length = 0;
  });
  afterAll(async () => {
    await host.close();
    await wmi.close();
    await room.remove();
  });

  const value = <T>(answer: Answer<T> | undefined): T => {
    if (!answer?.ok) throw answer?.error ?? new Error("no answer");
    return answer.value;
  };
  const error = (answer: Answer<unknown> | undefined): HostError => {
    if (!answer || answer.ok) throw new Error(`no error, but ${JSON.stringify(answer)}`);
    return answer.error;
  };
  const machine = async () => {
    const [found] = value((await host.findVirtualMachines(["SQL01"]))[0]);
    if (!found) throw new Error("no SQL01");
    return found;
  };
  const request = async (exportDirectory = room.path(`export-${++serial}`)): Promise<ExportRequest> => {
    const { id } = await machine();
    const [point] = value((await host.listReferencePoints([id]))[0]);
    fs.mkdirSync(exportDirectory);
    return { virtualMachineId: id, referencePointId: point?.id ?? "", disksToExport: [], exportDirectory };
  };
  const start = async (): Promise<string> => {
    const started = value((await host.exportReferencePoints([await request()]))[0]);
    if (started.kind !== "job") throw new Error(started.kind);
    return started.path;
  };
  const look = async (path: string) => value((await host.poll({ jobs: [path], tasks: [] })).jobs[0]);
  const finished = async (path: string) => {
    await until(async () => ![2, 3, 4].includes((await look(path))?.jobState ?? 0));
    return look(path);
  };
  /** A session of its own: what a shell remembers of the service must not hide the trouble. */
  const afresh = async <T>(work: (other: PowerShellHost) => Promise<T>): Promise<T> => {
    const other = new PowerShellHost(localTransport({ executable: powershell }));
    try {
      return await work(other);
    } finally {
      await other.close();
    }
  };

  describe("an empty list is not believed", () => {
    const troubles: [string, () => void, HostFault][] = [
      ["of an account that sees no row", () => Object.assign(wmi.moods, { rights: "noRows" }), "noHyperVRights"],
      ["of an account that is denied", () => Object.assign(wmi.moods, { rights: "denied" }), "noHyperVRights"],
      ["while vmms is stopped", () => Object.assign(wmi.moods, { managementService: "stopped" }), "managementServiceStopped"],
      [
        "while the provider does not load",
        () => Object.assign(wmi.moods, { providersNotLoading: ["Msvm_ComputerSystem"] }),
        "managementServiceStopped",
      ],
      ["without the namespace", () => Object.assign(wmi.moods, { missingNamespaces: ["root/virtualization/v2"] }), "hyperVMissing"],
      ["without the classes", () => Object.assign(wmi.moods, { missingClasses: ["Msvm_ComputerSystem"] }), "hyperVMissing"],
    ];
    it.each(troubles)("%s", async (_, arrange, fault) => {
      wmi.moods.language = "de";
      arrange();
      const answer = error((await host.findVirtualMachines(["no such machine"]))[0]);
      expect(answer.details.fault, answer.message).toBe(fault);
      expect(answer.message).toMatch(/HRESULT 0x8[0-9a-f]{7}|vmms|account/);
    });

    it("neither of points nor of jobs", async () => {
      const { id } = await machine();
      const job = await start();
      await finished(job);
      wmi.moods.rights = "noRows";
      expect(error((await host.listReferencePoints([id]))[0]).details.fault).toBe("noHyperVRights");
      expect(error((await host.findExportJobs([room.folder]))[0]).details.fault).toBe("noHyperVRights");
      expect(error((await host.poll({ jobs: [job], tasks: [] })).jobs[0]).details.fault).toBe("noHyperVRights");
      expect(error((await host.terminateJobs([job]))[0]).details.fault).toBe("noHyperVRights");
      await afresh(async (other) => {
        const refused = error(
          (
            await other.exportReferencePoints([
              { virtualMachineId: id, referencePointId: "Microsoft:X", disksToExport: [], exportDirectory: room.folder },
            ])
          )[0],
        );
        expect(refused.details.fault).toBe("noHyperVRights");
      });
    });

    it("nor of jobs alone, where UAC has filtered the token", async () => {
      // Windows alone has such tokens, so what the shell says of its own is changed on the way.
      const filtered = room.program(`"$POWERSHELL" "$@" | sed -u 's/"filteredToken":false/"filteredToken":true/'`);
      const other = new PowerShellHost(localTransport({ executable: filtered }));
      const path = await start();
      wmi.moods.rights = "noJobs";
      try {
        const [found] = await other.findExportJobs([room.path()]);
        const [looked] = (await other.poll({ jobs: [path], tasks: [] })).jobs;
        for (const answer of [found, looked]) expect(error(answer)).toMatchObject({ kind: "unusable", details: { fault: "notElevated" } });
        wmi.moods.rights = "full";
        expect(value((await other.poll({ jobs: [path], tasks: [] })).jobs[0])?.path).toBe(path);
      } finally {
        await other.close();
      }
      await finished(path);
    });

    it("and a machine that another node of the cluster runs is elsewhere, by its name and by its GUID", async () => {
      const { id } = await machine();
      wmi.moods.clusterOwners = { SQL01: "HV02" };
      for (const query of ["sql01", id]) {
        const answer = error((await host.findVirtualMachines([query]))[0]);
        expect(answer.details.fault).toBe("machineElsewhere");
        expect(answer.message).toContain("HV02");
      }
      expect(error((await host.listReferencePoints([id]))[0]).details.fault).toBe("machineElsewhere");
      const strangers = ["never heard of", "00000000-0000-4000-8000-00000000000A"];
      expect((await host.findVirtualMachines(strangers)).map(value)).toEqual([[], []]);
      expect(error((await host.listReferencePoints(strangers))[1]).kind).toBe("notFound");
    });
  });

  describe("an export", () => {
    it("says what the method said, in codes", async () => {
      wmi.moods.busy = { code: 32774, times: 1 };
      const answer = error((await host.exportReferencePoints([await request()]))[0]);
      expect(answer).toMatchObject({ kind: "inUse", details: { returnCode: 32774 } });
    });

    it.each(["before", "inAnswer", "after"] as const)("that was cut off %s may or may not have run", async (at) => {
      const asked = await request();
      wmi.moods.cut = { at, times: 1, on: "ExportReferencePoint" };
      const answer = error((await host.exportReferencePoints([asked]))[0]);
      expect(answer.kind).toBe("connectionLost");
      const jobs = value((await host.findExportJobs([asked.exportDirectory]))[0]);
      expect(jobs.length).toBe(at === "before" ? 0 : 1);
      for (const job of jobs) await finished(job.path);
    });

    it("of differences names base and disks as Hyper-V reads them", async () => {
      const { id, disks } = await machine();
      const [older, newer] = value((await host.listReferencePoints([id]))[0]);
      const exportDirectory = room.path(`export-${++serial}`);
      fs.mkdirSync(exportDirectory);
      const disk = disks[0]?.instanceId ?? "";
      const asked = {
        virtualMachineId: id,
        referencePointId: newer?.id ?? "",
        baseReferencePointId: older?.id ?? "",
        disksToExport: [disk],
        exportDirectory,
      };
      const started = value((await host.exportReferencePoints([asked]))[0]);
      if (started.kind !== "job") throw new Error(started.kind);
      const job = await finished(started.path);
      expect(job).toMatchObject({ jobState: 7, baseReferencePointId: older?.id, exportedDisks: [disk] });
    });

    it("whose settings cannot be written as XML is refused before the call", async () => {
      const asked = { ...(await request()), disksToExport: ["disk\u0001"] };
      expect(error((await host.exportReferencePoints([asked]))[0]).kind).toBe("invalidParameter");
      expect(wmi.requests.filter((one) => one.operation === "invoke")).toEqual([]);
    });
  });

  describe("a job", () => {
    it("of the class Msvm_ConcreteJob is followed by its path all the same", async () => {
      wmi.moods.exportJobClass = "Msvm_ConcreteJob";
      const asked = await request();
      const started = value((await host.exportReferencePoints([asked]))[0]);
      if (started.kind !== "job") throw new Error(started.kind);
      expect(started.path).toContain(":Msvm_ConcreteJob.InstanceID=");
      const job = await finished(started.path);
      expect(job).toMatchObject({ jobState: 7, exportDirectory: asked.exportDirectory, referencePointId: asked.referencePointId });
    });

    it("of the class Msvm_ConcreteJob that another run has started may write anywhere while it runs", async () => {
      wmi.moods.exportJobClass = "Msvm_ConcreteJob";
      await lab.configure({ jobStartDelay: 60_000 });
      const asked = await request();
      const started = value((await host.exportReferencePoints([asked]))[0]);
      expect(value((await host.findExportJobs([asked.exportDirectory]))[0])).toMatchObject([{ exportDirectory: asked.exportDirectory }]);
      await afresh(async (other) => {
        const directories = [asked.exportDirectory, room.path("elsewhere")];
        for (const answer of await other.findExportJobs(directories)) expect(error(answer).kind).toBe("inUse");
        if (started.kind === "job") await host.terminateJobs([started.path]);
        expect(await other.findExportJobs(directories)).toEqual([
          { ok: true, value: [] },
          { ok: true, value: [] },
        ]);
      });
      await lab.configure({ jobStartDelay: 20 });
    });

    it("that is forgotten answers undefined, and ends when it is told to", async () => {
      const job = await start();
      wmi.moods.jobsForgotten = true;
      expect(await look(job)).toBeUndefined();
      expect(await host.terminateJobs([job])).toEqual([{ ok: true, value: undefined }]);
      wmi.moods.jobsForgotten = false;
      await finished(job);
    });

    it("that calls itself completed and names an error has failed, and says all that Hyper-V says", async () => {
      const job = await start();
      await finished(job);
      wmi.moods.jobValues = { JobState: 7, ErrorCode: 32768, ErrorDescription: "Datenträger voll" };
      const seen = await look(job);
      expect(seen).toMatchObject({ jobState: 10, errorCode: 32768 });
      expect(seen?.errorDescription).toContain("Datenträger voll");
    });

    it.each(["cim", "vendor"] as const)("is terminated, twice as well, where codes are of the family %s", async (terminateCodes) => {
      wmi.moods.terminateCodes = terminateCodes;
      await lab.configure({ jobStartDelay: 60_000 });
      const job = await start();
      expect(await host.terminateJobs([job])).toEqual([{ ok: true, value: undefined }]);
      expect((await finished(job))?.jobState).toBe(8);
      expect(await host.terminateJobs([job])).toEqual([{ ok: true, value: undefined }]);
      await lab.configure({ jobStartDelay: 20 });
    });

    it("is one of a thousand in one poll, asked for in queries of at most fifty", async () => {
      const job = await start();
      await finished(job);
      wmi.requests.length = 0;
      const others = Array.from({ length: 999 }, (_, index) =>
        job.replace(/"[^"]+"$/, `"00000000-0000-0000-0000-${String(index).padStart(12, "0")}"`),
      );
      const { jobs } = await host.poll({ jobs: [...others, job], tasks: [] });
      expect(jobs.slice(0, -1).every((answer) => answer.ok && answer.value === undefined)).toBe(true);
      expect(value(jobs.at(-1))?.path).toBe(job);
      const queries = wmi.requests.filter((one) => one.className === "CIM_ConcreteJob");
      expect(queries).toHaveLength(20);
      for (const { text } of queries) expect(text.split(" OR ").length).toBeLessThanOrEqual(50);
    });
  });

  it("gives every call a time limit", async () => {
    wmi.moods.delay = 1;
    await machine();
    const source = fs.readFileSync(new URL("../../dist/host/powershell/bridge.ps1", import.meta.url), "utf8");
    const calls = source
      .split("\n")
      .filter((line) => /(?<!function )\b(Get-CimInstance|Get-CimAssociatedInstance|Invoke-CimMethod)\b/.test(line) && !/^\s*#/.test(line));
    expect(calls.length).toBeGreaterThan(4);
    for (const line of calls) expect(line).toMatch(/OperationTimeoutSec|@parameters/);
  });
});
