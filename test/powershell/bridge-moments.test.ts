import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { sha256Of } from "../../provider/domain/values/sha256";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { ShellRoom } from "./shell-room";

const bridge = fs.readFileSync(new URL("../../dist/host/powershell/bridge.ps1", import.meta.url), "utf8");

/**
 * What another program does in the middle of a step of the bridge: a moment that nobody can hit from outside. A function of the bridge is
 * stood before, and does it.
 */
describeWithPowerShell("in the middle of a step of the bridge", (powershell) => {
  let room: ShellRoom;
  let directory: string;
  let serial = 0;
  beforeAll(() => {
    setShellEnvironment();
    room = new ShellRoom(powershell);
  });
  beforeEach(() => {
    directory = room.path(`case-${++serial}`);
    fs.mkdirSync(directory);
  });
  afterAll(() => room.remove());

  const at = (name: string) => `${directory}/${name}`;
  const word = (text: string) => `=${text}`;

  /**
   * The answers of a verb.
   *
   * @param first name of a function of the bridge
   * @param happens script that runs right before that does, once
   */
  function answersOf(verb: string, request: object, first: string, happens: string): unknown[] {
    const script = room.write(
      `moment-${serial}.ps1`,
      `${bridge}
function Assert-Wanted {}
$original = \${function:${first}}
$script:isPast = $false
function ${first} {
    if (-not $script:isPast) { $script:isPast = $true; ${happens} }
    & $original @args
}
${verb} (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText('${room.write(`request-${serial}.json`, JSON.stringify(request))}')))`,
    );
    return JSON.parse(execFileSync(powershell, ["-NoProfile", "-NonInteractive", "-File", script], { encoding: "utf8" })) as unknown[];
  }

  /** From now on the claim changes while a file is waited for, and not yet while the claim itself is. */
  const changeClaim = () =>
    `function script:Invoke-Patiently([scriptblock]$Action) {
        if ((Get-PSCallStack).Command -notcontains 'Assert-Unchanged') { [IO.File]::WriteAllText('${at("claim")}', 'theirs') }
        & $Action
    }`;

  it.each<[string, string, string | undefined]>([
    ["a new name", "Move-Files", undefined],
    ["a name that is taken", "Move-Files", "old"],
    ["a text that is replaced", "Set-TextFiles", "old"],
    ["a text that is new", "Set-TextFiles", undefined],
  ])("another run comes while a file is waited for, and it is not moved: to %s", (_, verb, there) => {
    fs.writeFileSync(at("claim"), "mine");
    fs.writeFileSync(at("from"), "new");
    if (there !== undefined) fs.writeFileSync(at("to"), there);
    const onlyIf = { directory: word(directory), path: word("claim"), sha256: word(sha256Of("mine")) };
    const place = { directory: word(directory), canonicalPath: word(directory), onlyIf };
    const request =
      verb === "Move-Files"
        ? { moves: [{ ...place, from: word("from"), to: word("to") }] }
        : { files: [{ ...place, path: word("to"), text: word("new") }] };
    expect(answersOf(verb, request, "Move-OverFile", changeClaim())).toMatchObject([{ error: { kind: "preconditionFailed" } }]);
    expect(fs.readdirSync(directory).sort()).toEqual(["claim", "from", ...(there === undefined ? [] : ["to"])]);
    expect([fs.readFileSync(at("from"), "utf8"), fs.readFileSync(at("claim"), "utf8")]).toEqual(["new", "theirs"]);
    if (there !== undefined) expect(fs.readFileSync(at("to"), "utf8")).toBe(there);
  });

  it.each([
    ["Get-ListingJson", []],
    ["Read-Text", ["claim"]],
    ["Resolve-Directory", []],
  ])("another run removes the directory that is looked at, before %s: it is absent", (first, texts) => {
    fs.writeFileSync(at("claim"), "mine");
    const request = { requests: [{ directory: word(directory), texts: texts.map(word), list: true }] };
    const remove = `[IO.Directory]::Delete('${directory}', $true)`;
    expect(answersOf("Read-Directories", request, first, remove)).toEqual([{ value: { kind: "absent" } }]);
  });
});
