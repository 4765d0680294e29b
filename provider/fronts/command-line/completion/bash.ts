import type { CommandWords, Completed } from "./vocabulary";

/** For bash 4 and later. `simulator:` and `ssh://` go on without a space. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name);
  return `# Completion of hyperv-export for bash: eval "$(hyperv-export completion bash)"
_hyperv_export() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= files=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${[...names, "--help", "--version"].join(" ")}'
  else
    case \${COMP_WORDS[1]} in
${commands.map(commandCase).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -z "$files" ]; then compopt +o default +o bashdefault 2>/dev/null; fi
  case \${COMPREPLY[0]} in *[:/]) compopt -o nospace 2>/dev/null ;; esac
}
complete -o bashdefault -o default -F _hyperv_export hyperv-export
`;
}

function commandCase({ name, options, argument }: CommandWords): string {
  const values = options.flatMap(({ flag, value }) => (value ? [`          ${flag}) ${assigned(value)} ;;`] : []));
  const flags = options.map(({ flag }) => flag).join(" ");
  return `      ${name})
        case $before in
${[...values, `          *) case $current in -*) words='${flags}' ;; *) ${assigned(argument)} ;; esac ;;`].join("\n")}
        esac ;;`;
}

function assigned({ words, files }: Completed): string {
  return `words='${words.join(" ")}' files=${files ? "yes" : ""}`;
}
