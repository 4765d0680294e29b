import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { Engine } from "./engine";

/** An engine that holds a state: also one that should be gone by now. */
export function engineWith(state: ExportState): Engine {
  const engine = new Engine();
  engine.current = state;
  return engine;
}

/** The state of an export that was just made or repaired. */
export function finished({ current }: Engine): ExportState {
  if (current?.status !== "intact") throw new Error(`the export was to be intact: ${current?.status ?? "nothing"}`);
  return current;
}
