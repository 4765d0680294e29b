import type { CommandWords, Completed } from "./vocabulary";

/** For Windows PowerShell 5.1 and PowerShell 7. Where nothing is offered, PowerShell offers files. */
export function powershellCompletion(commands: readonly CommandWords[]): string {
  return `# Completion of hyperv-export for PowerShell: hyperv-export completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName hyperv-export -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{
${commands.map(({ name, description }) => `    ${quoted(name)} = ${quoted(description)}`).join("\n")}
  }
  $options = @{
${commands.map(optionTable).join("\n")}
  }
  $values = @{
${commands.map(valueTable).join("\n")}
  }
  $arguments = @{
${commands.map(({ name, argument }) => `    ${quoted(name)} = ${list(argument)}`).join("\n")}
  }
  $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $command = if ($before.Count -gt 1) { $before[1] } else { '' }
  $offered = [ordered]@{}
  if ($before.Count -le 1) {
    $offered = $commands
  } elseif ($options.ContainsKey($command)) {
    $last = $before[$before.Count - 1]
    if ($values[$command].ContainsKey($last)) {
      foreach ($word in $values[$command][$last]) { $offered[$word] = $word }
    } elseif ($wordToComplete -like '-*') {
      $offered = $options[$command]
    } else {
      foreach ($word in $arguments[$command]) { $offered[$word] = $word }
    }
  }
  $offered.GetEnumerator() | Where-Object { $_.Key.StartsWith($wordToComplete, [StringComparison]::OrdinalIgnoreCase) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterValue', $_.Value)
  }
}
`;
}

function optionTable({ name, options }: CommandWords): string {
  const lines = options.map(({ flag, description }) => `      ${quoted(flag)} = ${quoted(description)}`);
  return `    ${quoted(name)} = [ordered]@{\n${lines.join("\n")}\n    }`;
}

function valueTable({ name, options }: CommandWords): string {
  const lines = options.flatMap(({ flag, value }) => (value ? [`      ${quoted(flag)} = ${list(value)}`] : []));
  return lines.length === 0 ? `    ${quoted(name)} = @{}` : `    ${quoted(name)} = @{\n${lines.join("\n")}\n    }`;
}

function list({ words }: Completed): string {
  return `@(${words.map(quoted).join(", ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
