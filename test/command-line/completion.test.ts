import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cases, completesAll, script } from "./completed-words";

const scratch = mkdtempSync(join(tmpdir(), "completion-"));
beforeAll(() => mkdirSync(join(scratch, "nights")));
afterAll(() => rmSync(scratch, { recursive: true }));

describe.skipIf(process.platform === "win32")("completion in bash", () => {
  let file: string;
  beforeAll(async () => {
    file = join(scratch, "bash");
    writeFileSync(file, await script("bash"));
  });

  /** As readline calls it. Where nothing is offered, bash offers files, by the options of `complete`. */
  function complete(line: string): string[] {
    const words = ["hyperv-export", ...line.split(" ")];
    const program = `
      source "${file}"; [[ $(complete -p hyperv-export) == *"-o default"* ]] || exit 3
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hyperv_export
      printf '%s\\n' "\${COMPREPLY[@]}"
    `;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", program, "bash", ...words], { cwd: scratch, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    return stdout.split("\n").filter(Boolean);
  }

  it.each(cases.filter(([line]) => !line.endsWith("nig")))("of %j offers %j", (line, words) => {
    expect(complete(line).sort()).toEqual(words);
  });

  completesAll(complete);

  it("leaves files to bash itself, in a terminal", () => {
    const typed = `PS1=\rcd ${scratch}\rsource ${file}\rhyperv-export verify nig\t\x01echo got: \r`;
    const { stdout } = spawnSync("script", ["-qc", "bash --norc -i", "/dev/null"], {
      input: `${typed}exit\r`,
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(stdout).toMatch(/got: hyperv-export verify nights\//);
  });
});

const zsh = ["/usr/bin/zsh", "/bin/zsh"].find((file) => existsSync(file));
const why = "no zsh is on this machine: Debian has it in the package zsh";

describe.skipIf(process.platform === "win32" || (zsh === undefined && process.env.CI !== "true"))(
  `completion in zsh (${zsh ?? why})`,
  () => {
    let folder: string;
    beforeAll(async () => {
      if (zsh === undefined) throw new Error(why);
      folder = mkdtempSync(join(tmpdir(), "zsh-"));
      writeFileSync(join(folder, "_hyperv-export"), await script("zsh"));
    });
    afterAll(() => folder && rmSync(folder, { recursive: true }));

    /** A zsh with its own completion system in a terminal of its own; what it would offer is written down instead of shown. */
    function complete(line: string): string[] {
      const [hits, done] = [join(folder, "hits"), join(folder, "done")];
      for (const file of [hits, done]) rmSync(file, { force: true });
      writeFileSync(
        join(folder, "setup"),
        `PROMPT=; cd ${scratch}; autoload -Uz compinit; compinit -u -d ${folder}/dump; source ${folder}/_hyperv-export
       bindkey '^I' complete-word; zstyle ':completion:*' insert-tab false
       note-end() { print end > ${done} }
       comppostfuncs=(note-end)
       compadd() {
         if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
         local -a noted; builtin compadd -A noted "$@"; (( $#noted )) && print -rl -- $noted >> ${hits}
         builtin compadd "$@"
       }
       print ready > ${done}.ready
      `,
      );
      writeFileSync(
        join(folder, "driver"),
        `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z "source ${folder}/setup"
       for i in {1..200}; do [[ -e ${done}.ready ]] && break; sleep 0.05; done
       zpty -w -n z ${JSON.stringify(`hyperv-export ${line}`)}$'\\t'
       for i in {1..200}; do [[ -e ${done} ]] && break; sleep 0.05; done
       zpty -d z`,
      );
      const { stderr } = spawnSync(zsh as string, ["-f", join(folder, "driver")], { encoding: "utf8", timeout: 60_000 });
      expect([stderr, existsSync(done)]).toEqual(["", true]);
      const found = existsSync(hits) ? readFileSync(hits, "utf8").split("\n").filter(Boolean) : [];
      return [...new Set(found)];
    }

    it.each(cases)("of %j offers %j", (line, words) => {
      expect(complete(line).sort()).toEqual(words);
    });

    completesAll(complete);
  },
);
