import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Simulator } from "../../provider/host/simulator/index";
import { powerShellProgram } from "../support/powershell-program";
import { ScriptShell } from "../support/wmi/script-shell";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "wmi-cmdlets-")));
const CLASS_OF_ERRORS = "Microsoft.Management.Infrastructure.CimCmdlets";
const SETTINGS = '<INSTANCE CLASSNAME="Msvm_VirtualSystemReferencePointExportSettingData"></INSTANCE>';
/** Slow enough that a job is running when the next line looks at it. */
const SLOW = 16 * 1024;
let wmi: Wmi;
let lab: Simulator;
let shell: ScriptShell;

describe("the cmdlets, in a real PowerShell", () => {
  beforeAll(async () => {
    lab = await Simulator.open(path.join(root, "lab"));
    await lab.configure({ bytesPerSecond: SLOW, jobStartDelay: 0 });
    wmi = await startWmi(lab.directory);
    shell = new ScriptShell(powerShellProgram(), wmi.environment);
    await shell.run(`
      $n = @{ Namespace = 'root/virtualization/v2'; OperationTimeoutSec = 30 }
      $sql = Get-CimInstance @n -ClassName Msvm_ComputerSystem -Filter "ElementName='SQL01'"
      $points = @(Get-CimAssociatedInstance -InputObject $sql -Association Msvm_ReferencePointOfVirtualSystem)
      $service = Get-CimInstance @n Msvm_VirtualSystemReferencePointService
      function Start-Export($directory, $more = @{}) {
        $arguments = @{ ReferencePoint = $points[0]; ExportDirectory = $directory; ExportSettingData = '${SETTINGS}' } + $more
        Invoke-CimMethod -InputObject $service -MethodName ExportReferencePoint -Arguments $arguments
      }`);
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

  describe("instances", () => {
    it("have the real type names and exact types", async () => {
      expect(await shell.run("$sql.PSTypeNames | Select-Object -First 3")).toEqual([
        "Microsoft.Management.Infrastructure.CimInstance#root/virtualization/v2/Msvm_ComputerSystem",
        "Microsoft.Management.Infrastructure.CimInstance#Msvm_ComputerSystem",
        "Microsoft.Management.Infrastructure.CimInstance",
      ]);
      const types = "'EnabledState', 'OnTimeInMilliseconds', 'ProcessID', 'OperationalStatus', 'TimeOfLastConfigurationChange', 'Name'";
      expect(await shell.run(`foreach ($name in ${types}) { $sql.$name.GetType().Name }`)).toEqual([
        "UInt16",
        "UInt64",
        "UInt32",
        "UInt16[]",
        "DateTime",
        "String",
      ]);
      expect(await shell.value('"$($sql.TimeOfLastConfigurationChange.Kind)"')).toBe("Local");
      expect(await shell.value("$null -eq $sql.Status")).toBe(true);
    });

    it("tell their class, namespace and server, and their properties by name", async () => {
      expect(await shell.run("$sql.CimSystemProperties | ForEach-Object { $_.ClassName; $_.Namespace; $_.ServerName }")).toEqual([
        "Msvm_ComputerSystem",
        "root/virtualization/v2",
        "HV01",
      ]);
      expect(await shell.run("$sql.CimInstanceProperties['ElementName'].Value; $sql.CimClass.CimClassName")).toEqual([
        "SQL01",
        "Msvm_ComputerSystem",
      ]);
    });

    it("are read again by their keys; one without keys is not", async () => {
      expect(await shell.value("($sql | Get-CimInstance).ElementName")).toBe("SQL01");
      const script = "Get-CimInstance @n Msvm_ComputerSystem -Property ElementName | Get-CimInstance -ErrorAction Stop";
      expect(await shell.failure(script)).toMatchObject({ native: "NoSuchProperty" });
    });

    it("are found by superclass, and not with -Shallow", async () => {
      expect(await shell.value("@(Get-CimInstance @n CIM_ComputerSystem).Count")).toBe(7);
      expect(await shell.value("@(Get-CimInstance @n CIM_ComputerSystem -Shallow).Count")).toBe(0);
    });

    it("lead to each other: machine, settings, disks; machine, points", async () => {
      const script = `$sql | Get-CimAssociatedInstance -ResultClassName Msvm_VirtualSystemSettingData |
        Get-CimAssociatedInstance -ResultClassName Msvm_StorageAllocationSettingData | ForEach-Object { $_.HostResource }`;
      const files = (await shell.run(script)) as string[];
      expect(files.map((file) => path.basename(file))).toEqual(["SQL01-system.vhdx", "SQL01-data.vhdx"]);
      expect(files.map((file) => fs.statSync(file).size)).toEqual([4, 3].map((mebibytes) => mebibytes * 1024 * 1024));
      expect(await shell.value("$points.Count")).toBe(3);
      expect(await shell.value("$points[0].VirtualDiskIdentifiers.GetType().Name")).toBe("String[]");
      const disk =
        "Get-CimInstance @n Msvm_StorageAllocationSettingData -Filter \"InstanceID='$($points[0].VirtualDiskIdentifiers[0].Replace('\\','\\\\'))'\"";
      expect(await shell.value(`(${disk}).ResourceType`)).toBe(31);
    });

    it("keep every text, lone surrogates and control characters included", async () => {
      const name = "a'\"\\ _x0041_ <&> ü\u2028\ud800 \t2026-01-02T03:04:05Z";
      await lab.addVirtualMachine({ name, disks: [] });
      // ConvertFrom-Json, which reads the script, would replace a lone surrogate.
      const literal = name.replace(/[\\']/g, "\\$&").replaceAll("'", "''").replace("\ud800", "' + [char]0xd800 + '");
      const script = `$hostile = '${literal}'; (Get-CimInstance @n Msvm_ComputerSystem -Filter "ElementName='$hostile'").ElementName`;
      expect(await shell.value(script)).toBe(name);
    });
  });

  describe("parameters are the real ones", () => {
    it.each([
      ["Get-CimInstance @n -ClassName X -Filtr y", "NamedParameterNotFound,Get-CimInstance"],
      ["Get-CimInstance -ClassName X -Query y", "AmbiguousParameterSet,Get-CimInstance"],
      ["Get-CimInstance -InputObject $sql -Namespace root/cimv2", "AmbiguousParameterSet,Get-CimInstance"],
      ["Get-CimInstance -InputObject $sql -Property Name", "AmbiguousParameterSet,Get-CimInstance"],
      ["Get-CimInstance -InputObject 'text'", "MismatchedPSTypeName,Get-CimInstance"],
      ["Invoke-CimMethod -InputObject $sql -ClassName X -MethodName Y", "AmbiguousParameterSet,Invoke-CimMethod"],
      ["Get-CimAssociatedInstance -InputObject $sql -ClassName X", "NamedParameterNotFound,Get-CimAssociatedInstance"],
    ])("%s", async (script, fullId) => {
      expect((await shell.failure(script)).fullId).toBe(fullId);
    });

    it("are found as a module, and nothing is imported by hand", async () => {
      expect(await shell.value("(Get-Command Get-CimInstance).Source")).toBe("CimCmdlets");
    });

    it("do not lead to another machine", async () => {
      const error = await shell.failure("Get-CimInstance Win32_Service -ComputerName other -ErrorAction Stop");
      expect(error.messageId).toBe("HRESULT 0x80338126");
    });
  });

  describe("errors", () => {
    it.each([
      ["Get-CimInstance -Namespace root/nope -ClassName X", "InvalidNamespace", "8004100e"],
      ["Get-CimInstance @n -ClassName Msvm_Nope", "InvalidClass", "80041010"],
      ["Get-CimInstance @n -Query 'SELECT * FROM'", "InvalidQuery", "80041017"],
      ["Get-CimInstance @n -Query 'SELECT Nope FROM Msvm_ComputerSystem'", "InvalidQuery", "80041017"],
      ["Get-CimInstance @n Msvm_ComputerSystem -Filter 'Nope = 1'", "InvalidQuery", "80041017"],
      ["Get-CimInstance @n Msvm_ComputerSystem -Property Nope", "InvalidQuery", "80041017"],
      ["Get-CimInstance @n -Query 'SELECT * FROM X' -QueryDialect CQL", "QueryLanguageNotSupported", "80041018"],
    ])("%s", async (script, native, code) => {
      const id = `HRESULT 0x${code}`;
      expect(await shell.failure(`${script} -ErrorAction Stop`)).toMatchObject({
        type: "Microsoft.Management.Infrastructure.CimException",
        native,
        messageId: id,
        fullId: `${id},${CLASS_OF_ERRORS}.GetCimInstanceCommand`,
      });
    });

    it("are ones among others unless the caller says Stop, by parameter or preference", async () => {
      expect(await shell.run("Get-CimInstance @n Msvm_Nope -ErrorAction SilentlyContinue -ErrorVariable e; $e.Count; 'goes on'")).toEqual([
        1,
        "goes on",
      ]);
      expect(await shell.run("Get-CimInstance @n Msvm_Nope -ErrorAction Ignore; 'goes on'")).toEqual(["goes on"]);
      const script = "& { $ErrorActionPreference = 'Stop'; Get-CimInstance @n Msvm_Nope; 'goes on' }";
      expect((await shell.failure(script)).native).toBe("InvalidClass");
    });

    it("of an instance that is gone: not found", async () => {
      await lab.addReferencePoint({ virtualMachine: "WEB01", kind: "rct", id: "3EB01000-0000-4000-8000-0000000000FF" });
      await shell.run("$gone = Get-CimInstance @n Msvm_VirtualSystemReferencePoint -Filter \"InstanceID LIKE '%FF'\"");
      await lab.removeReferencePoint("3EB01000-0000-4000-8000-0000000000FF");
      const code = { native: "NotFound", messageId: "HRESULT 0x80041002" };
      expect(await shell.failure("Get-CimInstance -InputObject $gone -ErrorAction Stop")).toMatchObject(code);
    });
  });

  describe("methods", () => {
    it("export: a job by its keys, read again, watched to its end", async () => {
      const target = directory();
      expect(await shell.run(`$r = Start-Export '${target}'; $r.ReturnValue; $r.ReturnValue.GetType().Name; $r.PSTypeNames[0]`)).toEqual([
        4096,
        "UInt32",
        "Microsoft.Management.Infrastructure.CimMethodResult#Msvm_VirtualSystemReferencePointService#ExportReferencePoint",
      ]);
      expect(await shell.value("$null -eq $r.Job.JobState")).toBe(true);
      expect(
        await shell.run(
          "$job = Get-CimInstance -InputObject $r.Job; $job.ExportDirectory; $job.JobState.GetType().Name; $job.ElapsedTime.GetType().Name",
        ),
      ).toEqual([target, "UInt16", "TimeSpan"]);
      await lab.configure({ bytesPerSecond: "unlimited" });
      await shell.run("while (($job = Get-CimInstance -InputObject $r.Job).JobState -in 2, 3, 4) { Start-Sleep -Milliseconds 20 }");
      await lab.configure({ bytesPerSecond: SLOW });
      expect(
        await shell.run(
          "$job.JobState; $job.PercentComplete; $job.ErrorCode; $job.ExportedDisks.Count; $job.ExportedLogFilePaths.GetType().Name",
        ),
      ).toEqual([7, 100, 0, 2, "String[]"]);
      const named = (await shell.run(
        "$job.ExportedConfigFilePath; $job.ExportedRuntimeFilePath; $job.ExportedGuestStateFilePath",
      )) as string[];
      expect(named.every((file) => fs.existsSync(file))).toBe(true);
    });

    it("export with a base and disks, written as text of an embedded instance", async () => {
      const disk = "Microsoft:5A010000-0000-4000-8000-00000000000A\\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\\0\\1\\L";
      const base =
        'Msvm_VirtualSystemReferencePoint.InstanceID="Microsoft:5A010000-0000-4000-8000-000000000001",VirtualSystemIdentifier="5A010000-0000-4000-8000-00000000000A"';
      const settings = SETTINGS.replace(
        "></",
        `><PROPERTY NAME="BaseReferencePoint" TYPE="string"><VALUE>\\\\HV01\\root\\virtualization\\v2:${base.replaceAll('"', "&quot;")}</VALUE></PROPERTY>` +
          `<PROPERTY.ARRAY NAME="DisksToExport" TYPE="string"><VALUE.ARRAY><VALUE>${disk}</VALUE></VALUE.ARRAY></PROPERTY.ARRAY></`,
      );
      const target = directory();
      const script = `$arguments = @{ ReferencePoint = $points[1]; ExportDirectory = '${target}'; ExportSettingData = '${settings}' }
        $r = Invoke-CimMethod -InputObject $service -MethodName ExportReferencePoint -Arguments $arguments; $r.ReturnValue`;
      expect(await shell.value(script)).toBe(4096);
      expect(await shell.value("(Get-CimInstance -InputObject $r.Job).BaseReferencePointId")).toContain("000000000001");
      expect((await lab.calls()).at(-1)).toMatchObject({
        exportDirectory: target,
        baseReferencePointId: "Microsoft:5A010000-0000-4000-8000-000000000001",
      });
      expect(
        await shell.value(
          "(Invoke-CimMethod -InputObject $r.Job -MethodName RequestStateChange -Arguments @{ RequestedState = [uint16]4 }).ReturnValue",
        ),
      ).toBe(0);
      expect(await shell.value("(Get-CimInstance -InputObject $r.Job).JobState")).toBe(8);
    });

    it.each([
      ["no instance", "nonsense"],
      [
        "a base without both keys",
        SETTINGS.replace(
          "></",
          '><PROPERTY NAME="BaseReferencePoint" TYPE="string"><VALUE>Msvm_VirtualSystemReferencePoint.InstanceID="x"</VALUE></PROPERTY></',
        ),
      ],
      [
        "a base of another class",
        SETTINGS.replace(
          "></",
          '><PROPERTY NAME="BaseReferencePoint" TYPE="string"><VALUE>Msvm_ComputerSystem.Name="x"</VALUE></PROPERTY></',
        ),
      ],
      [
        "an unknown disk",
        SETTINGS.replace(
          "></",
          '><PROPERTY.ARRAY NAME="DisksToExport" TYPE="string"><VALUE.ARRAY><VALUE>x</VALUE></VALUE.ARRAY></PROPERTY.ARRAY></',
        ),
      ],
    ])("export refuses settings that are %s with 32773", async (_, settings) => {
      const script = `$arguments = @{ ReferencePoint = $points[0]; ExportDirectory = '${directory()}'; ExportSettingData = '${settings}' }
        $r = Invoke-CimMethod -InputObject $service -MethodName ExportReferencePoint -Arguments $arguments
        $r.ReturnValue; $null -eq $r.Job`;
      expect(await shell.run(script)).toEqual([32773, true]);
      expect(wmi.requests.at(-1)?.why).toBeTruthy();
    });

    it("convert arguments by the declaration, on an instance", async () => {
      const target = directory();
      await shell.run(`$job = Get-CimInstance -InputObject (Start-Export '${target}').Job`);
      const change = (state: string) =>
        `(Invoke-CimMethod -InputObject $job -MethodName RequestStateChange -Arguments @{ RequestedState = ${state} }).ReturnValue`;
      expect(await shell.value(change("4.6"))).toBe(32773); // 5: not played
      expect(await shell.failure(change("70000"))).toMatchObject({ type: "System.OverflowException" });
      expect(await shell.failure(change("'four'"))).toMatchObject({ type: "System.InvalidCastException" });
      expect(await shell.value(change("4"))).toBe(0);
      expect(await shell.value(change("4"))).toBe(32775); // ended
    });

    it("refuse what the declaration does not have, before any call", async () => {
      const invoke = (name: string, args: string) =>
        `Invoke-CimMethod -InputObject $service -MethodName ${name} -Arguments @{ ${args} } -ErrorAction Stop`;
      expect(await shell.failure(invoke("ExportReferencePoint", "Nope = 1"))).toMatchObject({ type: "System.ArgumentException" });
      expect(await shell.failure(invoke("ExportReferencePoint", "ReferencePoint = 'a path'"))).toMatchObject({
        type: "System.InvalidCastException",
      });
      expect(await shell.failure(invoke("ExportReferencePoint", "ExportDirectory = [string[]]('a', 'b')"))).toMatchObject({
        type: "System.InvalidCastException",
      });
      expect(await shell.failure(invoke("ExportReferencePoint", "ReferencePoint = $sql"))).toMatchObject({ native: "TypeMismatch" });
      expect(await shell.failure(invoke("Nope", ""))).toMatchObject({ native: "MethodNotFound" });
      expect(await shell.failure(invoke("RemoveAssociatedData", "AffectedReferencePoint = $points[0]"))).toMatchObject({
        native: "NotSupported",
      });
    });

    it("lose a [ref] without a word, and then miss the argument", async () => {
      const script = `Invoke-CimMethod -InputObject $service -MethodName ExportReferencePoint -ErrorAction Stop -Arguments @{
        ReferencePoint = [ref]$points[0]; ExportDirectory = '${directory()}'; ExportSettingData = '${SETTINGS}' }`;
      expect(await shell.failure(script)).toMatchObject({ native: "InvalidParameter", messageId: "HRESULT 0x80041008" });
    });

    it("take exact types only, on a class", async () => {
      const invoke = (value: string) =>
        `Invoke-CimMethod @n -ClassName Msvm_ConcreteJob -MethodName RequestStateChange -Arguments @{ RequestedState = ${value} } -ErrorAction Stop`;
      expect(await shell.failure(invoke("4"))).toMatchObject({ native: "TypeMismatch" });
      expect(await shell.failure(invoke("[uint16]4"))).toMatchObject({ messageId: "HRESULT 0x8004102f" });
    });

    it("need every argument that is not optional", async () => {
      const script =
        "Invoke-CimMethod -InputObject $service -MethodName ExportReferencePoint -Arguments @{ ReferencePoint = $points[0] } -ErrorAction Stop";
      expect(await shell.failure(script)).toMatchObject({ native: "InvalidParameter" });
    });
  });

  describe("new instances", () => {
    it("are made on the client and can be a reference", async () => {
      const script = `$key = $points[0] | ForEach-Object { @{ InstanceID = $_.InstanceID; VirtualSystemIdentifier = $_.VirtualSystemIdentifier } }
        $made = New-CimInstance -ClientOnly @n -ClassName Msvm_VirtualSystemReferencePoint -Key InstanceID, VirtualSystemIdentifier -Property $key
        (Get-CimInstance -InputObject $made).ConsistencyLevel`;
      expect(await shell.value(script)).toBe(1);
    });

    it("take no null, and are not made on the server", async () => {
      expect(await shell.failure("New-CimInstance -ClientOnly -ClassName X -Property @{ A = $null }")).toMatchObject({
        type: "System.ArgumentException",
      });
      expect(await shell.failure("New-CimInstance @n -ClassName Msvm_Error -Property @{} -ErrorAction Stop")).toMatchObject({
        native: "NotSupported",
      });
    });
  });

  describe("classes", () => {
    it("tell their properties and methods", async () => {
      const script = "$class = Get-CimClass -ClassName Msvm_ConcreteJob -Namespace root/virtualization/v2";
      expect(
        await shell.run(`${script}; $class.CimSuperClassName; ($class.CimClassProperties | Where-Object Name -eq JobState).CimType`),
      ).toEqual(["CIM_ConcreteJob", "UInt16"]);
      expect(await shell.value("$class.CimClassMethods.Name -contains 'GetErrorEx'")).toBe(true);
    });
  });

  it("work in background runspaces at the same time, a connection each", async () => {
    wmi.requests.length = 0;
    const script = `$shells = foreach ($i in 1..2) {
        $one = [powershell]::Create().AddScript({ (Get-CimInstance -Namespace root/virtualization/v2 -ClassName Msvm_ComputerSystem).Count })
        @{ shell = $one; handle = $one.BeginInvoke() } }
      foreach ($one in $shells) { $one.shell.EndInvoke($one.handle); $one.shell.Dispose() }`;
    const counts = await shell.run(script);
    expect(counts).toHaveLength(2);
    expect(counts[0]).toBe(counts[1]);
    expect(new Set(wmi.requests.map((one) => one.connection)).size).toBe(2);
  });
});
