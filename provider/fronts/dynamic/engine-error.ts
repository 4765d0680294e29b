import { asExportError } from "../../domain/errors/as-export-error";
import { wellFormed } from "../../domain/values/well-formed";

/**
 * An error on its way to the engine. The dynamic-provider process prints the stack of every error of check, diff, read and delete
 * besides answering it; the person would see it twice, with a stack trace under the stack's row. So that print is left out.
 */
export class EngineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.stack = "";
  }

  override toString(): string {
    return QUIET;
  }
}

const QUIET = "\u0000answered to the engine";

/** Leaves out the print described at {@link EngineError}, and nothing else. */
export function silenceAnsweredErrors(): void {
  const print = console.error.bind(console);
  console.error = (...args: unknown[]) => {
    if (typeof args[0] === "string" && args[0].startsWith(QUIET)) return;
    print(...args);
  };
}

/**
 * The text for a person, secrets left out. An error that nobody foresaw keeps its stack: it is a fault of ours. The engine is never answered
 * with a text that is no Unicode, as a file's name or an edited state can hold.
 */
export function messageOf(error: unknown, redact: (text: string) => string): string {
  return wellFormed(redact(asExportError(error).message));
}
