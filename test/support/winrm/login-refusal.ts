import { HostError } from "../../../provider/host/port";

/** The HostError that a promise is rejected with; any other end is an error of the test. */
export async function refusal(promise: Promise<unknown>): Promise<HostError> {
  const reason = await promise.then(
    () => new Error("it was not refused"),
    (error: unknown) => error,
  );
  if (reason instanceof HostError) return reason;
  throw reason;
}
