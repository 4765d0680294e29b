import type { PowerShellHost } from "../../provider/host/powershell/index";
import type { SessionTimes } from "../../provider/host/powershell/session/session";
import type { TroubledProxy } from "./troubled-proxy";

/** Ends are noticed in seconds, on a busy machine as well: an answer may take twice `pingMs`. */
export const hastyTimes: SessionTimes = { handshakeMs: 30_000, pingMs: 3000, silenceSeconds: 12, closeMs: 1500 };

/** A machine that is reached over a network, through a proxy that a test steers. */
export interface RemoteWay {
  readonly proxy: TroubledProxy;
  /** How another process reaches it: a kind of transport, and its options. */
  readonly address: { readonly kind: string };
  host(times?: Partial<SessionTimes>): PowerShellHost;
  /** Programs of this machine that run for it. */
  clients(): number[];
  /** Waits until nothing runs any more, here or on the machine's side. */
  nothingLeft(): Promise<void>;
  /** Waits until no shell runs any more: behind a stall, the machine's side waits for a time of its own. */
  noShellLeft(): Promise<void>;
  close(): Promise<void>;
}
