import * as fs from "node:fs";
import { cachedMasterzen } from "../../../../tools/winrm-peers/masterzen.mjs";

/** The program that is built of masterzen/winrm; undefined where tools/winrm-peers has built none. */
export function masterzenProgram(): string | undefined {
  const { program } = cachedMasterzen();
  return fs.existsSync(program) ? program : undefined;
}
