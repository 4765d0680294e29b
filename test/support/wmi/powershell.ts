import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline";

/** The PowerShell that tests run: HYPERV_TEST_POWERSHELL, else pwsh of the PATH; undefined where there is none. */
export function findPowerShell(): string | undefined {
  const named = process.env.HYPERV_TEST_POWERSHELL;
  if (named) return named;
  const name = process.platform === "win32" ? "pwsh.exe" : "pwsh";
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

export interface ScriptError {
  readonly type: string;
  /** NativeErrorCode of a CimException, by name. */
  readonly native: string | null;
  readonly messageId: string | null;
  readonly fullId: string;
  readonly message: string;
}

/** Runs scripts in one shell, one after the other; their variables stay. */
export class ScriptShell {
  private readonly child: ChildProcess;
  private readonly waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];

  constructor(executable: string, environment: Record<string, string>) {
    this.child = spawn(executable, ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", LOOP], {
      env: { ...process.env, ...environment, NO_COLOR: "1", TERM: "dumb" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const fail = (error: Error) => {
      for (const one of this.waiting.splice(0)) one.reject(error);
    };
    this.child.on("error", fail);
    this.child.on("exit", (code) => fail(new Error(`PowerShell ended with ${code}`)));
    const lines = readline.createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    lines.on("line", (line) => {
      if (line.startsWith(MARK)) this.waiting.shift()?.resolve(line.slice(MARK.length));
    });
  }

  /** What the script writes, as JSON has it. */
  async run(script: string): Promise<unknown[]> {
    const { output, error } = await this.ask(script);
    if (error !== null) throw new Error(`${error.fullId}: ${error.message}`);
    return output;
  }

  /** The first output. */
  async value(script: string): Promise<unknown> {
    return (await this.run(script))[0];
  }

  /** The error that ends the script. */
  async failure(script: string): Promise<ScriptError> {
    const { output, error } = await this.ask(script);
    if (error === null) throw new Error(`an error was expected, got ${JSON.stringify(output)}`);
    return error;
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin?.end();
    await ended;
  }

  private async ask(script: string): Promise<{ output: unknown[]; error: ScriptError | null }> {
    if (this.child.exitCode !== null) throw new Error(`PowerShell has ended with ${this.child.exitCode}`);
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin?.write(
        `${JSON.stringify(script).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`,
      );
    });
    return JSON.parse(line);
  }
}

const MARK = "=> ";

const LOOP = `
$toEscape = [System.Text.RegularExpressions.MatchEvaluator] { param($unit) '\\u{0:x4}' -f [int][char]$unit.Value }
function Read-Member($object, $name) { if ($object.PSObject.Properties[$name]) { "$($object.$name)" } }
while ($null -ne ($line = [Console]::In.ReadLine())) {
  $answer = @{ output = @(); error = $null }
  try { $answer.output = @(. ([scriptblock]::Create((ConvertFrom-Json $line)))) }
  catch {
    $answer.error = @{
      type = $_.Exception.GetType().FullName; native = Read-Member $_.Exception 'NativeErrorCode'
      messageId = Read-Member $_.Exception 'MessageId'; fullId = $_.FullyQualifiedErrorId; message = $_.Exception.Message
    }
  }
  $json = ConvertTo-Json $answer -Compress -Depth 4 -WarningAction SilentlyContinue
  [Console]::Out.WriteLine('${MARK}' + [regex]::Replace($json, '[^\\x20-\\x7e]', $toEscape))
}`;
