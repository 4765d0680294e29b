import type { Answer, HostErrorKind } from "../../provider/host/port";

export function value<T>(answer: Answer<T> | undefined): T {
  if (!answer) throw new Error("no answer");
  if (!answer.ok) throw answer.error;
  return answer.value;
}

export function kind(answer: Answer<unknown> | undefined): HostErrorKind | "ok" {
  return answer && !answer.ok ? answer.error.kind : "ok";
}
