import { run } from "../set-up/run.mjs";

/** The system's own first: the bindings of GSSAPI that its packages bring are for that one. */
const candidates = process.platform === "win32" ? ["python", "py"] : ["/usr/bin/python3", "python3", "python"];
const isUsable = "import ensurepip, sys, venv; sys.exit(0 if sys.version_info >= (3, 10) else 1)";

/**
 * A Python that can make a virtual environment.
 * @returns {Promise<{ found: string } | { missing: string }>}
 */
export async function findPython() {
  const reasons = [];
  for (const program of candidates) {
    const answer = await run(program, ["-c", isUsable], { limitMs: 30_000 });
    if (answer.ok) return { found: program };
    reasons.push(`${program}: ${answer.reason}`);
  }
  return { missing: reasons.join("; ") };
}
