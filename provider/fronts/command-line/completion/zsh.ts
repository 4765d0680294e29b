import type { CommandWords, Completed } from "./vocabulary";

/** Works in a folder of $fpath, under the name _hyperv-export, and when it is evaluated. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  return `#compdef hyperv-export
# Completion of hyperv-export for zsh: eval "$(hyperv-export completion zsh)"
_hyperv-export() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(":", "\\:")}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    compadd -- --help --version
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
_hyperv-export-hosts() {
  compadd -S '' -- local simulator: ssh://
  _files
}
if [[ $funcstack[1] == _hyperv-export ]]; then _hyperv-export "$@"; else compdef _hyperv-export hyperv-export; fi
`;
}

function commandCase({ name, options, argument }: CommandWords): string {
  const specs = options.map(({ flag, description, value }) => {
    const told = description.replace(/[[\]:\\]/g, "\\$&");
    return quoted(`*${flag}[${told}]${value ? `:value:${action(value)}` : ""}`);
  });
  return `    ${name}) _arguments ${[...specs, quoted(`*:argument:${action(argument)}`)].join(" ")} ;;`;
}

function action({ words, files }: Completed): string {
  if (words.length > 0) return files ? "_hyperv-export-hosts" : `(${words.join(" ")})`;
  return files ? "_files" : " ";
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
