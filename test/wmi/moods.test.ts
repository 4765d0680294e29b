import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Simulator } from "../../provider/host/simulator/index";
import { calmMoods } from "../support/wmi/moods";
import { findPowerShell, ScriptShell } from "../support/wmi/powershell";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";

const powershell = findPowerShell();
const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "wmi-moods-")));
const SETTINGS = '<INSTANCE CLASSNAME="Msvm_VirtualSystemReferencePointExportSettingData"></INSTANCE>';
const RPC_FAILED = "HRESULT 0x800706be";
let wmi: Wmi;
let lab: Simulator;
let shell: ScriptShell;

describe.skipIf(powershell === undefined && process.env.CI !== "true")("moods of the host, met by a real PowerShell", () => {
  beforeAll(async () => {
    if (powershell === undefined) throw new Error("There is no PowerShell: set HYPERV_TEST_POWERSHELL, or put pwsh on the PATH.");
    lab = await Simulator.open(path.join(root, "lab"));
    wmi = await startWmi(lab.directory);
    shell = new ScriptShell(powershell, wmi.environment);
    await shell.run(`
      $ErrorActionPreference = 'Stop'
      Set-StrictMode -Version Latest
      $n = @{ Namespace = 'root/virtualization/v2' }
      $point = Get-CimInstance @n Msvm_VirtualSystemReferencePoint -Filter "InstanceID LIKE '%5A010000-0000-4000-8000-000000000001'"
      $service = Get-CimInstance @n Msvm_VirtualSystemReferencePointService
      function Start-Export($directory) {
        $arguments = @{ ReferencePoint = $point; ExportDirectory = $directory; ExportSettingData = '${SETTINGS}' }
        Invoke-CimMethod -InputObject $service -MethodName ExportReferencePoint -Arguments $arguments
      }
      function Wait-Job($reference) {
        do { Start-Sleep -Milliseconds 20; $job = Get-CimInstance -InputObject $reference } while ($job.JobState -in 2, 3, 4)
        $job
      }`);
  });

  beforeEach(async () => {
    Object.assign(wmi.moods, calmMoods());
    wmi.requests.length = 0;
    await lab.clearFaults();
    await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0, finishedJobLifetime: "5m", completion: "job" });
  });

  afterAll(async () => {
    await shell?.close();
    await wmi?.close();
    fs.rmSync(root, { recursive: true, force: true });
    expect(wmi.broken).toEqual([]);
  });

  let serial = 0;
  function directory(): string {
    const made = path.join(root, `export-${++serial}`);
    fs.mkdirSync(made);
    return made;
  }

  const systems = "@(Get-CimInstance @n Msvm_ComputerSystem).Count";

  it("language: texts change, codes do not", async () => {
    const english = await shell.failure("Get-CimInstance @n Msvm_Nope");
    wmi.moods.language = "de";
    const german = await shell.failure("Get-CimInstance @n Msvm_Nope");
    expect(german.message).not.toBe(english.message);
    expect({ ...german, message: "" }).toEqual({ ...english, message: "" });
    expect(await shell.value("(Get-CimInstance @n Msvm_ComputerSystem)[0].Caption")).toBe("Hostcomputersystem");
  });

  it("rights: no rows, not even the host's own, and no error", async () => {
    wmi.moods.rights = "noRows";
    expect(await shell.value(systems)).toBe(0);
    expect(await shell.value("@(Get-CimInstance @n Msvm_VirtualSystemReferencePointService).Count")).toBe(0);
    expect(await shell.value("(Get-CimInstance Win32_Service -Filter \"Name='vmms'\").State")).toBe("Running");
  });

  it("rights: denied", async () => {
    wmi.moods.rights = "denied";
    expect(await shell.failure(systems)).toMatchObject({ native: "AccessDenied", messageId: "HRESULT 0x80041003" });
  });

  it("rights: jobs are not visible to an account that is not elevated", async () => {
    await lab.configure({ bytesPerSecond: 1024 });
    await shell.run(`$r = Start-Export '${directory()}'`);
    wmi.moods.rights = "noJobs";
    expect(await shell.value(systems)).toBe(7);
    expect(await shell.value("@(Get-CimInstance @n CIM_ConcreteJob).Count")).toBe(0);
    expect(await shell.failure("Get-CimInstance -InputObject $r.Job")).toMatchObject({ native: "NotFound" });
    wmi.moods.rights = "full";
    await shell.run("Invoke-CimMethod -InputObject $r.Job -MethodName RequestStateChange -Arguments @{ RequestedState = [uint16]4 }");
  });

  it("the management service is stopped", async () => {
    wmi.moods.managementService = "stopped";
    expect(await shell.value("(Get-CimInstance Win32_Service -Filter \"Name='vmms'\").State")).toBe("Stopped");
    expect(await shell.value(systems)).toBe(0);
    expect(await shell.failure(`Start-Export '${directory()}'`)).toMatchObject({ native: "NotFound" });
  });

  it("a namespace, a class, a provider is missing", async () => {
    wmi.moods.missingNamespaces = ["root\\virtualization\\v2"];
    expect(await shell.failure(systems)).toMatchObject({ native: "InvalidNamespace" });
    wmi.moods.missingNamespaces = [];
    wmi.moods.missingClasses = ["Msvm_ComputerSystem"];
    expect(await shell.failure(systems)).toMatchObject({ native: "InvalidClass" });
    wmi.moods.missingClasses = [];
    wmi.moods.providersNotLoading = ["Msvm_ComputerSystem"];
    expect(await shell.failure(systems)).toMatchObject({ native: "Failed", messageId: "HRESULT 0x80041013" });
  });

  it("a quota", async () => {
    wmi.moods.quotaExceeded = true;
    expect(await shell.failure(systems)).toMatchObject({ native: "ServerLimitsExceeded", messageId: "HRESULT 0x8004106c" });
  });

  it("slow: late, or not within the caller's limit, or late in spite of it", async () => {
    wmi.moods.delay = 1300;
    expect(await shell.value(systems)).toBe(7);
    const limited = "Get-CimInstance @n Msvm_ComputerSystem -OperationTimeoutSec 1";
    expect(await shell.failure(limited)).toMatchObject({ messageId: "HRESULT 0x80041069" });
    wmi.moods.ignoreOperationTimeout = true;
    expect(await shell.value(`@(${limited}).Count`)).toBe(7);
  });

  it("busy: a code so many times, and nothing started", async () => {
    wmi.moods.busy = { code: 32774, times: 2 };
    const target = directory();
    expect(await shell.run(`foreach ($i in 1..3) { ($r = Start-Export '${target}').ReturnValue }`)).toEqual([32774, 32774, 4096]);
    expect((await lab.calls()).filter((call) => call.exportDirectory === target)).toHaveLength(1);
    expect(await shell.value("(Wait-Job $r.Job).JobState")).toBe(7);
  });

  it("jobs of the other class have a type and no export directory", async () => {
    wmi.moods.exportJobClass = "Msvm_ConcreteJob";
    await shell.run(`$r = Start-Export '${directory()}'; $job = Wait-Job $r.Job`);
    expect(
      await shell.run(
        "$r.Job.CimSystemProperties.ClassName; $job.JobState; $job.JobType; $null -eq $job.PSObject.Properties['ExportDirectory']",
      ),
    ).toEqual(["Msvm_ConcreteJob", 7, 203, true]);
    const found =
      "@(Get-CimInstance @n Msvm_VirtualSystemReferencePointExportJob).Count; @(Get-CimInstance @n CIM_ConcreteJob | Where-Object InstanceID -eq $job.InstanceID).Count";
    expect(await shell.run(found)).toEqual([0, 1]);
    const affected =
      "($job | Get-CimAssociatedInstance -Association Msvm_AffectedJobElement -ResultClassName Msvm_VirtualSystemReferencePoint).InstanceID";
    expect(await shell.value(affected)).toContain("5A010000-0000-4000-8000-000000000001");
  });

  it("jobs name no files", async () => {
    wmi.moods.exportedPaths = "empty";
    await shell.run(`$job = Wait-Job (Start-Export '${directory()}').Job`);
    expect(await shell.run("$job.JobState; $null -eq $job.ExportedConfigFilePath; $null -eq $job.ExportedDisks")).toEqual([7, true, true]);
  });

  it("jobs are forgotten: at once by mood, after their time otherwise", async () => {
    await shell.run(`$r = Start-Export '${directory()}'; $job = Wait-Job $r.Job`);
    wmi.moods.jobsForgotten = true;
    expect(await shell.failure("Get-CimInstance -InputObject $r.Job")).toMatchObject({ native: "NotFound" });
    wmi.moods.jobsForgotten = false;
    expect(await shell.value("(Get-CimInstance -InputObject $r.Job).JobState")).toBe(7);
    await lab.configure({ finishedJobLifetime: 0 });
    expect(await shell.failure("Get-CimInstance -InputObject $r.Job")).toMatchObject({ native: "NotFound" });
  });

  it.each([2, 3, 4, 5, 7, 8, 9, 10, 32768] as const)("a job in state %i", async (JobState) => {
    await shell.run(`$r = Start-Export '${directory()}'; $job = Wait-Job $r.Job`);
    wmi.moods.jobValues = { JobState, PercentComplete: 42 };
    expect(await shell.run("$job = Get-CimInstance -InputObject $r.Job; $job.JobState; $job.PercentComplete")).toEqual([JobState, 42]);
  });

  it("a job fails, and says why in GetErrorEx and GetError", async () => {
    await lab.setFaults([{ fault: "jobFails", errorCode: 32775, errorDescription: "Kein <Platz> & mehr" }]);
    await shell.run(`$job = Wait-Job (Start-Export '${directory()}').Job`);
    expect(await shell.run("$job.JobState; $job.ErrorCode; $job.ErrorDescription")).toEqual([10, 32775, "Kein <Platz> & mehr"]);
    const texts = await shell.run(
      "$e = Invoke-CimMethod -InputObject $job -MethodName GetErrorEx; $e.Errors.GetType().Name; ([xml]$e.Errors[0]).INSTANCE.CLASSNAME; $e.Errors[0]",
    );
    expect(texts.slice(0, 2)).toEqual(["String[]", "Msvm_Error"]);
    expect(texts[2]).toContain("Kein &lt;Platz&gt; &amp; mehr");
    expect(await shell.value("(Invoke-CimMethod -InputObject $job -MethodName GetError).Error")).toBe(texts[2]);
  });

  it("GetErrorEx is null while nothing has failed", async () => {
    await shell.run(`$job = Wait-Job (Start-Export '${directory()}').Job`);
    expect(await shell.value("$null -eq (Invoke-CimMethod -InputObject $job -MethodName GetErrorEx).Errors")).toBe(true);
  });

  it.each([
    ["vendor", 0, 32775],
    ["cim", 4096, 4097],
  ] as const)("terminates in the %s codes", async (family, accepted, ended) => {
    wmi.moods.terminateCodes = family;
    await lab.configure({ bytesPerSecond: 1024 });
    await shell.run(`$r = Start-Export '${directory()}'`);
    const terminate =
      "(Invoke-CimMethod -InputObject $r.Job -MethodName RequestStateChange -Arguments @{ RequestedState = [uint16]4 }).ReturnValue";
    expect(await shell.value(terminate)).toBe(accepted);
    expect(await shell.value("(Get-CimInstance -InputObject $r.Job).JobState")).toBe(8);
    expect(await shell.value(terminate)).toBe(ended);
  });

  it.each(["before", "inAnswer", "after"] as const)("the connection is cut %s; the next call works", async (at) => {
    const target = directory();
    wmi.moods.cut = { at, times: 1, on: "ExportReferencePoint" };
    expect(await shell.failure(`Start-Export '${target}'`)).toMatchObject({ native: "Failed", messageId: RPC_FAILED });
    expect((await lab.calls()).filter((call) => call.exportDirectory === target)).toHaveLength(at === "before" ? 0 : 1);
    expect(await shell.value(systems)).toBe(7);
  });

  it.each(["connectionLostBefore", "connectionLostAfter", "hostUnreachable"] as const)("the lab's %s meets the call", async (fault) => {
    const target = directory();
    await lab.setFaults([{ fault, method: "exportReferencePoints", count: 1 }]);
    expect(await shell.value(systems)).toBe(7);
    expect(await shell.failure(`Start-Export '${target}'`)).toMatchObject({ messageId: RPC_FAILED });
    expect((await lab.calls()).filter((call) => call.exportDirectory === target)).toHaveLength(fault === "connectionLostAfter" ? 1 : 0);
  });

  it("the lab's return codes are the method's", async () => {
    await lab.setFaults([{ fault: "returnCode", code: 32777 }]);
    expect(await shell.value(`(Start-Export '${directory()}').ReturnValue`)).toBe(32777);
    await lab.clearFaults();
    expect(await shell.value(`(Start-Export '${path.join(root, "absent")}').ReturnValue`)).toBe(32773);
  });

  it("an export that completes at once has no job", async () => {
    await lab.configure({ completion: "synchronous" });
    expect(await shell.run(`$r = Start-Export '${directory()}'; $r.ReturnValue; $null -eq $r.Job`)).toEqual([0, true]);
  });

  it("no cluster: no namespace; a cluster: who owns which machine, and only one's own are listed", async () => {
    const group = "(Get-CimInstance -Namespace root/MSCluster -ClassName MSCluster_ResourceGroup -Filter \"Name='SQL01'\").OwnerNode";
    expect(await shell.failure(group)).toMatchObject({ native: "InvalidNamespace" });
    wmi.moods.clusterOwners = { SQL01: "HV02" };
    expect(await shell.value(group)).toBe("HV02");
    expect(await shell.value("@(Get-CimInstance @n Msvm_ComputerSystem -Filter \"ElementName='SQL01'\").Count")).toBe(0);
    expect(
      await shell.value("@(Get-CimInstance @n Msvm_VirtualSystemReferencePoint -Filter \"VirtualSystemIdentifier LIKE '5A01%'\").Count"),
    ).toBe(0);
  });

  it("tells which machine it is", async () => {
    wmi.moods.machineUuid = "00000000-1111-2222-3333-444444444444";
    wmi.moods.computerName = "OTHER";
    expect(await shell.run("(Get-CimInstance Win32_ComputerSystemProduct).UUID; (Get-CimInstance Win32_OperatingSystem).CSName")).toEqual([
      "00000000-1111-2222-3333-444444444444",
      "OTHER",
    ]);
  });

  it("writes while nobody asks", async () => {
    const target = directory();
    await shell.run(`$r = Start-Export '${target}'`);
    const asked = wmi.requests.length;
    while (!fs.existsSync(path.join(target, "Virtual Machines", "5A010000-0000-4000-8000-000000000001.vmcx")))
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(wmi.requests.length).toBe(asked);
  });

  it("counts what was asked, and says why it was refused", async () => {
    await shell.value(systems);
    await shell.failure("Get-CimInstance @n Msvm_ComputerSystem -Filter 'Nope = 1'");
    expect(wmi.requests).toMatchObject([
      { operation: "enumerate", className: "Msvm_ComputerSystem", text: "", rows: 7 },
      { operation: "enumerate", text: "Nope = 1", error: "invalidQuery", why: expect.stringContaining("no such property") },
    ]);
  });

  it("there is no server", async () => {
    const other = await startWmi(lab.directory);
    await shell.run(`$here = $env:HYPERV_STANDIN_ADDRESS; $env:HYPERV_STANDIN_ADDRESS = '${other.environment.HYPERV_STANDIN_ADDRESS}'`);
    const inNewShell =
      "$one = [powershell]::Create().AddScript({ Get-CimInstance Win32_OperatingSystem -ErrorAction SilentlyContinue; $Error[0].FullyQualifiedErrorId }); $one.Invoke() | Select-Object -Last 1; $one.Dispose()";
    await other.close();
    expect(await shell.value(inNewShell)).toContain("HRESULT 0x800706ba");
    await shell.run("$env:HYPERV_STANDIN_ADDRESS = $here");
  });
});
