import { withDueCheckpointsDone } from "../checkpoints/due-checkpoints";
import type { Store } from "../lab/store";
import { withDuePointsDone } from "../points/due-points";
import type { LabState } from "../state/lab-state";

/** Brings the jobs without files up to now. They go on while nobody looks: any process may do it, each once. */
export async function settleDueWork({ store }: { readonly store: Store }): Promise<LabState> {
  const state = await store.read();
  if (withDueDone(state) === state) return state;
  return store.change((current) => {
    const next = withDueDone(current);
    return { state: next, result: next };
  });
}

/** The state with all that is due by now done; the same object where nothing is. */
export function withDueDone(state: LabState): LabState {
  return withDueCheckpointsDone(withDuePointsDone(state));
}
