import { POINT_TYPE } from "../../../domain/records/owner-text";
import type { PointState } from "../../../domain/reference-point/outputs";
import { pointProperties } from "../../../domain/reference-point/properties";
import { KeptProperties } from "./kept-properties";

/** How the engine keeps a reference point. What was asked for and what the host reports are both called consistency. */
export const keptPoint = new KeptProperties<PointState>({
  properties: pointProperties,
  type: POINT_TYPE,
  idName: "recordId",
  facts: ({
    virtualMachineId,
    virtualMachineName,
    referencePointId,
    madeConsistency,
    diskIds,
    createdAt,
    status,
    problems,
    hostMachineId,
  }) => ({
    result: {
      virtualMachineId,
      virtualMachineName,
      referencePointId,
      consistency: madeConsistency,
      diskIds,
      createdAt,
      status,
      ...(problems.length > 0 && { problems }),
    },
    lastLook: { hostMachineId },
  }),
  known: ({ consistency, ...rest }) => ({ ...rest, ...(consistency !== undefined && { madeConsistency: consistency }) }),
});
