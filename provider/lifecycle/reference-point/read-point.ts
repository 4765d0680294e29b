import { sameId } from "../../domain/hyperv/same-id";
import type { PointState } from "../../domain/reference-point/outputs";
import type { Operation } from "../session/operation";
import { listPoints } from "./attempt/what-has-come";

/** The state as it is now; undefined where the point is positively gone: its machine is there, and does not list it. */
export async function readPoint(operation: Operation, state: PointState): Promise<PointState | undefined> {
  const { virtualMachineId, virtualMachineName, referencePointId } = state;
  if (state.status === "incomplete" || virtualMachineId === undefined || referencePointId === undefined) return state;
  const machine = { virtualMachineId, virtualMachineName: virtualMachineName ?? virtualMachineId };
  const point = (await listPoints(operation, machine)).find(({ id }) => sameId(id, referencePointId));
  return point && { ...state, madeConsistency: point.consistency, diskIds: [...point.diskIds] };
}
