/** Only as much of the SDK's module as is used: it declares none of it. */
interface Connecting {
  readonly grpcClientOptions?: Record<string, unknown>;
}

/**
 * Lets no run of a program share its connection to the engine with an earlier one of the same process.
 *
 * The SDK never closes the connections of an inline program (Automation API), and gRPC shares those of one address. When an engine gets the
 * port of one that has ended, gRPC answers each call of the new run with UNAVAILABLE; the SDK takes that for the engine's end and passes over
 * it, so the run ends well with no resource registered, and the engine deletes every export of the stack.
 */
export function connectAnew(): void {
  try {
    const { grpcClientOptions } = require("@pulumi/pulumi/runtime/settings") as Connecting;
    if (grpcClientOptions !== undefined) grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
  } catch {
    // An SDK without that module connects in some other way.
  }
}
