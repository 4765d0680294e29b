import type { Answer, HostError } from "./port";

export function success<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export function failure(error: HostError): { readonly ok: false; readonly error: HostError } {
  return { ok: false, error };
}
