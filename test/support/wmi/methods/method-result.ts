import type { Row } from "../values";

export interface MethodResult {
  readonly returnValue: number;
  readonly out: Row;
  /** Why a code other than success was answered: for the log of requests. */
  readonly why?: string;
}
