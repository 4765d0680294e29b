import { declaredInputs } from "../../domain/reference-point-export/declared-inputs";
import { Exports } from "../../lifecycle/exports";
import { keptExport } from "./kept/kept-export";
import { processHosts } from "./process-hosts";
import { resourceFront } from "./resource-front";

/** What the engine calls for a ReferencePointExport. */
export const referencePointExport = resourceFront({
  door: new Exports(processHosts),
  kept: keptExport,
  declared: declaredInputs,
  idOf: ({ exportId }) => exportId,
  whenStopped: "its job goes on, and the next up adopts it",
});
