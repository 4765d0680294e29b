import { declaredPoint } from "../../domain/reference-point/declared-point";
import { ReferencePoints } from "../../lifecycle/points";
import { keptPoint } from "./kept/kept-point";
import { processHosts } from "./process-hosts";
import { resourceFront } from "./resource-front";

/** What the engine calls for a ReferencePoint. */
export const referencePoint = resourceFront({
  door: new ReferencePoints(processHosts),
  kept: keptPoint,
  declared: declaredPoint,
  idOf: ({ recordId }) => recordId,
  whenStopped: "its job goes on, and the next up takes its point over",
});
