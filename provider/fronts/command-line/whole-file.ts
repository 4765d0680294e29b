import * as fs from "node:fs";
import { ExportError } from "../../domain/errors/export-error";

/**
 * Whole or not at all: whoever looks at the file meanwhile sees the one of before. A signal waits until it is written, for nothing here
 * gives up the thread.
 */
export function writeWhole(file: string, text: string, step: string): void {
  const beside = `${file}.${process.pid}.part`;
  const wait = () => {};
  for (const signal of signals) process.on(signal, wait);
  try {
    fs.writeFileSync(beside, text);
    fs.renameSync(beside, file);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    const reason = `it cannot be written (${(error as NodeJS.ErrnoException).code})`;
    const remedy = "Name a file in a folder that is there and may be written to.";
    throw new ExportError("invalid-arguments", { step, subject: file, reason, remedy }, { cause: error });
  } finally {
    for (const signal of signals) process.removeListener(signal, wait);
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
