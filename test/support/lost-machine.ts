import { type Answer, HostError, type ListedCheckpointJobs, type ListedPointJobs, type VirtualMachine } from "../../provider/host/port";
import type { Intervention } from "./decorated-host";

/** The host knows a machine no more. Its jobs can still be polled. */
export function withoutMachine(id: string): Intervention {
  return async (call, go) => {
    const items: readonly { readonly virtualMachineId?: string }[] = Array.isArray(call.items) ? call.items : [];
    const isOfIt = (item: unknown) => item === id || (item as { readonly virtualMachineId?: string })?.virtualMachineId === id;
    if (call.method === "findVirtualMachines") {
      const answers = (await go()) as Answer<VirtualMachine[]>[];
      return answers.map((answer) => (answer.ok ? { ...answer, value: answer.value.filter((machine) => machine.id !== id) } : answer));
    }
    if (call.method === "findPointJobs" || call.method === "findCheckpointJobs") {
      const answers = (await go()) as Answer<ListedPointJobs | ListedCheckpointJobs>[];
      return answers.map((answer, index) =>
        answer.ok && isOfIt(items[index]) ? { ...answer, value: { ...answer.value, jobs: [] } } : answer,
      );
    }
    if (!items.some(isOfIt) || !/ReferencePoint|Checkpoint/.test(call.method)) return go();
    return items.map(() => ({ ok: false, error: new HostError("notFound", `there is no machine ${id}`) }));
  };
}
