import type { Argument, Command, Option } from "commander";

/** What may stand after an option, or as an argument. */
export type Completed = { readonly words: readonly string[]; readonly files: boolean };

export interface OptionWords {
  readonly flag: string;
  readonly description: string;
  /** Undefined for one that stands alone. */
  readonly value: Completed | undefined;
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  readonly argument: Completed;
}

const HOSTS: Completed = { words: ["local", "simulator:", "ssh://"], files: true };

/** The commands and their options, by the very tables that the command line is read by: what is completed is what is taken. */
export function vocabularyOf(all: Command): readonly CommandWords[] {
  return all.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options.map(optionWords), { flag: "--help", description: "say what there is", value: undefined }],
    argument: argumentWords(command.registeredArguments),
  }));
}

function optionWords(option: Option): OptionWords {
  return { flag: option.long ?? option.flags, description: option.description, value: completedBy(option) };
}

function completedBy({ flags, argChoices }: Option): Completed | undefined {
  const [, kind] = /<(.+)>$/.exec(flags) ?? [];
  if (kind === undefined) return undefined;
  if (argChoices) return { words: argChoices, files: false };
  return kind === "host" ? HOSTS : { words: [], files: kind === "file" || kind === "path" };
}

function argumentWords([first]: readonly Argument[]): Completed {
  if (first === undefined) return { words: [], files: false };
  return first.argChoices ? { words: first.argChoices, files: false } : { words: [], files: true };
}
