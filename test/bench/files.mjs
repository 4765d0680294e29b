// Hashing and listing against the stock commands, through the verbs of a host, in alternating runs.
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { median } from "./lifecycle.mjs";

const run = promisify(execFile);
const RUNS = 5;

/** @returns {Promise<{ name: string, ours: number, peer: number, ratio: number }[]>} seconds, and for hashing the ratio of throughputs */
export async function benchFiles(workplace, host, { bytes, files }, say) {
  const directory = realpathSync(mkdirSync(join(workplace.data, "files"), { recursive: true }) ?? join(workplace.data, "files"));
  try {
    say(`hashing ${bytes} bytes, once and twice at a time`);
    for (const name of ["one", "two"])
      execFileSync("dd", ["if=/dev/urandom", `of=${join(directory, name)}`, "bs=1M", `count=${bytes / 2 ** 20}`], { stdio: "ignore" });
    const openssl = () => execFileSync("openssl", ["dgst", "-sha256", join(directory, "one")]);
    const one = await compare(() => hash(host, directory, ["one"]), openssl);
    const two = await compare(() => hash(host, directory, ["one", "two"]), openssl);
    const opensslTwice = () => Promise.all(["one", "two"].map((name) => run("openssl", ["dgst", "-sha256", join(directory, name)])));
    const both = await compare(() => hash(host, directory, ["one", "two"]), opensslTwice);
    say(`listing ${files} files`);
    const many = join(directory, "many");
    for (let folder = 0; folder < files / 100; folder++) {
      mkdirSync(join(many, String(folder)), { recursive: true });
      for (let file = 0; file < 100; file++) writeFileSync(join(many, String(folder), `${file}.bin`), "");
    }
    const list = () => host.readDirectories([{ directory: many, texts: [], list: true }]);
    const listing = await compare(list, () => execFileSync("find", [many, "-printf", "%s %T@ %p\n"], { maxBuffer: 1 << 30 }));
    return [
      { name: "SHA-256 of one file: throughput to openssl dgst", ...one, ratio: one.peer / one.ours },
      { name: "SHA-256 of two files at once: throughput to openssl dgst of one", ...two, ratio: (2 * two.peer) / two.ours },
      { name: "SHA-256 of two files at once: throughput to two openssl dgst at once", ...both, ratio: both.peer / both.ours },
      { name: `listing ${files} files: time to find -printf`, ...listing, ratio: listing.ours / listing.peer },
    ];
  } finally {
    await host.close();
    rmSync(directory, { recursive: true });
  }
}

async function compare(ours, peer) {
  const times = { ours: [], peer: [] };
  const memory = await growth(ours);
  for (let run = 0; run <= RUNS; run++) {
    const one = await seconds(ours);
    const other = await seconds(peer);
    if (run > 0) {
      times.ours.push(one); // the first run warms the page cache
      times.peer.push(other);
    }
  }
  return { ours: median(times.ours), peer: median(times.peer), memory };
}

/** How much the process grew at most while it worked, in bytes; its first run, so that every worker and buffer is counted. */
async function growth(work) {
  const before = process.memoryUsage.rss();
  let most = before;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  try {
    await work();
    return Math.max(most, process.memoryUsage.rss()) - before;
  } finally {
    clearInterval(sampler);
  }
}

async function seconds(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function hash(host, directory, files) {
  const [started] = await host.startTasks([{ kind: "hash", directory, canonicalPath: directory, files }]);
  for (;;) {
    const { tasks } = await host.poll({ jobs: [], tasks: [started.value] });
    if (!tasks[0].ok) throw tasks[0].error;
    if (tasks[0].value.kind === "hashed") return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
