import type { Command } from "commander";
import { bashCompletion } from "../completion/bash";
import { powershellCompletion } from "../completion/powershell";
import { type CommandWords, vocabularyOf } from "../completion/vocabulary";
import { zshCompletion } from "../completion/zsh";
import { type ExitCode, exitCodes } from "../exit-codes";
import type { Shell } from "../shells";

const scripts: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  powershell: powershellCompletion,
};

export function completion(shell: Shell, all: Command): ExitCode {
  process.stdout.write(scripts[shell](vocabularyOf(all)));
  return exitCodes.fine;
}
