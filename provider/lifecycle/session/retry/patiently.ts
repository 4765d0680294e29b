import { explain, isTransientRefusal } from "../host-failure";
import type { Operation } from "../operation";

/** Asks for jobs. One that does not tell its machine hides those of all, until it has ended: that passes. */
export async function patiently<T>(operation: Operation, step: string, subject: string, call: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await operation.withinTime(step, subject, call());
    } catch (error) {
      const refused = isTransientRefusal(error) && !operation.isOver() ? explain(error, step, subject).reason : undefined;
      const why = operation.whyAgain(error, tried) ?? refused;
      if (why === undefined) throw explain(error, step, subject);
      await operation.backOff(tried, why);
    }
  }
}
