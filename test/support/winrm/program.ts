import * as fs from "node:fs";
import * as path from "node:path";
import { Fault } from "./faults";

/** What is started for a command. */
export interface Program {
  readonly file: string;
  readonly arguments: readonly string[];
}

/**
 * What a command line starts here. A `powershell.exe` is the PowerShell of the tests. Anything else goes through a shell of this
 * system, in cmd.exe's place.
 * @param skipsCmdShell  WINRS_SKIP_CMD_SHELL: the command itself is the program's full path; a bare name is not found, as on Windows
 */
export function programFor(command: string, commandArguments: readonly string[], skipsCmdShell: boolean, powershell: string): Program {
  if (skipsCmdShell) {
    if (isWindowsPowerShell(command)) return { file: powershell, arguments: commandArguments.flatMap(splitCommandLine) };
    if (path.isAbsolute(command) && fs.existsSync(command)) return { file: command, arguments: commandArguments.flatMap(splitCommandLine) };
    throw new Fault("noSuchProgram");
  }
  const line = [command, ...commandArguments].join(" ");
  const [first = "", ...rest] = splitCommandLine(line);
  // cmd.exe looks in PATH, and knows variables.
  if (/^powershell(\.exe)?$/i.test(first) || isWindowsPowerShell(first.replace(/^%systemroot%/i, "C:\\Windows")))
    return { file: powershell, arguments: rest };
  return { file: "/bin/sh", arguments: ["-c", line] };
}

function isWindowsPowerShell(file: string): boolean {
  return /^[a-z]:\\(.+\\)?powershell\.exe$/i.test(file);
}

/** Splits as the C runtime of Windows does: blanks separate, quotes hold together, and a backslash counts only before a quote. */
export function splitCommandLine(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < line.length; ) {
    const backslashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
    if (backslashes > 0) {
      at += backslashes;
      const escapes = line[at] === '"';
      word = (word ?? "") + "\\".repeat(escapes ? Math.floor(backslashes / 2) : backslashes);
      if (!escapes) continue;
      if (backslashes % 2 === 1) {
        word += '"';
        at++;
        continue;
      }
    }
    const character = line[at++] ?? "";
    if (character === '"') {
      word ??= "";
      isQuoted = !isQuoted;
    } else if (!isQuoted && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}
