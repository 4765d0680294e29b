import type { FaultSubject } from "../../../provider/host/simulator/faults/fault-matching";
import type { FaultName, HostMethod } from "../../../provider/host/simulator/faults/fault-types";
import type { Lab } from "../../../provider/host/simulator/lab/lab";
import type { Request, Sent } from "./wire/request";

const BEFORE: readonly FaultName[] = ["hostUnreachable", "connectionLostBefore"];
const AFTER: readonly FaultName[] = ["connectionLostAfter"];

/** Whether one of the lab's faults of the connection meets this request: the verbs of the Host port that it may serve decide. */
export async function connectionFault(lab: Lab, when: "before" | "after", request: Request): Promise<boolean> {
  if (lab.faults.read().length === 0) return false;
  for (const method of verbs(request)) {
    if (await lab.take(when === "before" ? BEFORE : AFTER, { method, items: subjects(request) })) return true;
  }
  return false;
}

function verbs(request: Request): HostMethod[] {
  switch (request.operation) {
    case "invoke":
      if (request.method === "ExportReferencePoint") return ["exportReferencePoints"];
      if (request.method === "CreateReferencePoint") return ["createReferencePoints"];
      if (request.method === "DestroyReferencePoint") return ["destroyReferencePoints"];
      if (request.method === "CreateSnapshot") return ["createCheckpoints"];
      if (request.method === "ExportSystemDefinition") return ["exportCheckpoints"];
      if (request.method === "ConvertToReferencePoint") return ["convertCheckpoints"];
      if (request.method === "DestroySnapshot") return ["removeCheckpoints"];
      if (["DefineSystem", "CreateVirtualHardDisk", "AddResourceSettings"].includes(request.method)) return ["createTestMachines"];
      if (request.method === "DestroySystem") return ["removeTestMachines"];
      return request.method === "RequestStateChange" ? ["terminateJobs"] : ["poll"];
    case "get":
    case "associated":
      return verbsOf(request.operation === "associated" ? request.association || request.resultClass : request.instance.className);
    case "class":
    case "enumerate":
      return verbsOf(request.className);
    case "query":
      return verbsOf(/\bfrom\s+(\w+)/i.exec(request.query)?.[1] ?? "");
  }
}

function verbsOf(className: string): HostMethod[] {
  if (/job/i.test(className)) return ["poll", "findExportJobs", "findPointJobs", "findCheckpointJobs"];
  if (/systemsettingdata/i.test(className)) return ["listCheckpoints"];
  if (/referencepoint/i.test(className)) return ["listReferencePoints"];
  return ["findVirtualMachines"];
}

function subjects(request: Request): FaultSubject[] {
  if (request.operation !== "invoke") return [];
  const { AffectedSystem, AffectedReferencePoint, ReferencePoint, AffectedSnapshot, ComputerSystem, ExportDirectory } = request.arguments;
  const point = ReferencePoint ?? AffectedReferencePoint ?? AffectedSnapshot ?? AffectedSystem ?? ComputerSystem;
  if (point === undefined) return [];
  const keys = (point.value as { readonly keys?: Readonly<Record<string, Sent>> } | undefined)?.keys;
  return [
    {
      virtualMachineId: textOf(keys?.VirtualSystemIdentifier ?? keys?.Name),
      referencePointId: textOf(keys?.InstanceID),
      path: textOf(ExportDirectory),
    },
  ];
}

function textOf(sent: Sent | undefined): string | undefined {
  return typeof sent?.value === "string" ? sent.value : undefined;
}
