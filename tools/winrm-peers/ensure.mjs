import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../set-up/cache-folder.mjs";
import { publishOnce, removeAbandoned } from "../set-up/publish-once.mjs";
import { run } from "../set-up/run.mjs";
import { ensureKerberos } from "./kerberos.mjs";
import { findPython } from "./python.mjs";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** Names the Python that has the peers; the tests read it too. */
export const winrmPeersVariable = "HYPERV_TEST_WINRM_PYTHON";

/** The program of the virtual environment in the cache, whether it is there or not. */
export function cachedPython() {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(cacheFolder(), `winrm-peers-${digest}-${process.platform}-${process.arch}`);
  return { folder, python: programIn(folder) };
}

/**
 * Finds a Python that has pyspnego, pywinrm and pypsrp, or makes one: a virtual environment in the cache. It sees the packages of the
 * system, since the bindings of GSSAPI are there as a package and elsewhere need a compiler. Where none can be had, the answer says why.
 * @param {{ say?: (text: string) => void }} [options]
 * @returns {Promise<{ found: { python: string } } | { missing: string }>}
 */
export async function ensureWinrmPeers({ say = (text) => process.stderr.write(`${text}\n`) } = {}) {
  const chosen = process.env[winrmPeersVariable];
  if (chosen) {
    const reason = await whyOfNoUse(chosen);
    if (reason === undefined) return { found: { python: chosen } };
    throw new Error(`${winrmPeersVariable} is of no use: ${reason}.\nCorrect it, or unset it to have one made.`);
  }
  const { folder, python } = cachedPython();
  const base = await findPython();
  if (existsSync(folder)) {
    removeAbandoned(folder);
    if ((await whyOfNoUse(python)) === undefined && !(await lacksGssapi(python, base))) return { found: { python } };
    rmSync(folder, { recursive: true, force: true }); // its Python is gone, or is not the one that GSSAPI is there for by now
  }
  if ("missing" in base) return { missing: missing(base.missing) };
  try {
    await publishOnce(folder, (temporary) => make(base.found, temporary, say), say);
  } catch (error) {
    return { missing: missing(error.message) };
  }
  const reason = await whyOfNoUse(python);
  return reason === undefined ? { found: { python } } : { missing: missing(reason) };
}

const missing = (reason) =>
  `There is no Python with pyspnego, pywinrm and pypsrp, and none could be made: ${reason}.\n` +
  "Install Python 3.10 or later with venv and pip (Debian: python3-venv), then run this again.";

const programIn = (folder) => (process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python"));

async function whyOfNoUse(python) {
  const answer = await run(python, ["-c", "import spnego, winrm, pypsrp"], { limitMs: 60_000 });
  return answer.ok ? undefined : `${python} does not have the peers: ${answer.reason}`;
}

async function lacksGssapi(python, base) {
  const has = async (program) => (await run(program, ["-c", "import gssapi"], { limitMs: 60_000 })).ok;
  return "found" in base && !(await has(python)) && (await has(base.found));
}

async function make(base, folder, say) {
  say(`Installing pyspnego, pywinrm and pypsrp into ${folder}, once`);
  const python = programIn(folder);
  const steps = [
    [base, ["-m", "venv", "--system-site-packages", folder]],
    [python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r", requirements]],
  ];
  for (const [program, commandArguments] of steps) {
    const answer = await run(program, commandArguments, { limitMs: 10 * 60_000 });
    if (!answer.ok) throw new Error(answer.reason);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const answer = await ensureWinrmPeers();
    if ("found" in answer) process.stdout.write(`${answer.found.python}\n`);
    else throw new Error(answer.missing);
    const kerberos = await ensureKerberos();
    if ("missing" in kerberos) throw new Error(kerberos.missing);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
