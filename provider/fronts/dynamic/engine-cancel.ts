const CANCEL = "/pulumirpc.ResourceProvider/Cancel";

/**
 * Calls back when the engine hears the first Ctrl-C. It tells every provider by the call Cancel, which the SDK's process answers by itself
 * and hands on to nobody; so the call is seen where it arrives, at the process's own server. No other way leads there: no signal comes, and
 * the SDK keeps its server to itself. Where Node does not show the server, a Ctrl-C is as quiet as it was.
 */
export function onEngineCancel(listener: () => void): void {
  const { _getActiveHandles: handles } = process as unknown as { readonly _getActiveHandles?: () => unknown[] };
  for (const handle of handles?.call(process) ?? []) {
    if (!isHttp2Server(handle)) continue;
    handle.on("stream", (_stream, headers) => {
      if (headers[":path"] === CANCEL) listener();
    });
  }
}

interface Http2Server {
  on(event: "stream", listener: (stream: unknown, headers: Readonly<Record<string, unknown>>) => void): void;
}

/** Known by its name: the class is not exported. */
function isHttp2Server(handle: unknown): handle is Http2Server {
  return typeof handle === "object" && handle !== null && handle.constructor?.name === "Http2Server";
}
