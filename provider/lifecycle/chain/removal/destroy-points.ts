import type { ChainPoint } from "../../../domain/export-chain/chain-record";
import { sameId } from "../../../domain/hyperv/same-id";
import { destroyPoint } from "../../reference-point/attempt/destroy-point";
import { isOfLostMachine, isThere } from "../../reference-point/attempt/lost-machine";
import { ignoreFullVolume } from "../../session/host-failure";
import type { Chaining } from "../record/chaining";

/** Destroys points of ours, oldest first. A machine that is gone has taken its points with it. */
export async function destroyPoints(chaining: Chaining, points: readonly ChainPoint[]): Promise<void> {
  const { operation, queue, inputs, file } = chaining;
  for (const { virtualMachineId, referencePointId } of points) {
    const isOfThisMachine = sameId(virtualMachineId, file.record.virtualMachineId);
    const virtualMachineName = isOfThisMachine ? file.record.virtualMachineName : virtualMachineId;
    const point = { virtualMachineId, virtualMachineName, referencePointId };
    const request = { ...point, stall: inputs.timeouts.stall, onlyIf: file.condition() };
    try {
      await destroyPoint(operation, queue, request);
    } catch (error) {
      if (!isOfLostMachine(error) || (await isThere(operation, virtualMachineId))) throw error;
      operation.warn(`The virtual machine ${virtualMachineName} is not there any more; its point ${referencePointId} is given up.`);
    }
    await file
      .change({ points: file.record.points.filter((point) => point.referencePointId !== referencePointId) })
      .catch(ignoreFullVolume);
  }
}
