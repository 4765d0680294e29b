import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { machineBackups } from "../../provider/domain/backups/machine-backups";
import { judged } from "../../provider/domain/backups/verdict";
import { reportPage } from "../../provider/fronts/command-line/page/report-page";
import { ExportedTree, type TreeCopy } from "../support/exported-tree";
import { type MadeMachine, reportOf } from "../support/many-machines";
import { runTool } from "./run-tool";

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => fs.existsSync(file));
const HOUR = 3_600_000;
const now = new Date("2026-11-28T10:00:00Z");

let tree: ExportedTree;
let damaged: TreeCopy;
let folder: string;
beforeAll(async () => {
  tree = await ExportedTree.make();
  damaged = tree.copy();
  damaged.generation("night-1").truncate();
  folder = path.join(tree.place.scene.directory, "pages");
  fs.mkdirSync(folder);
});
afterAll(() => tree.close());

const at = (name: string) => path.join(folder, name);

describe("report", () => {
  it("writes a page, and ends by how the machines stand", async () => {
    expect(await runTool(["report", tree.original.directory, "--max-age", "26h", "--out", at("fine.html")])).toEqual({
      code: 0,
      output: "",
      errors: "",
    });
    expect((await runTool(["report", damaged.directory, "--out", at("damaged.html")])).code).toBe(1);
    expect((await runTool(["report", tree.original.directory, at("missing"), "--out", at("missing.html")])).code).toBe(2);
    expect(fs.readdirSync(folder).sort()).toEqual(["damaged.html", "fine.html", "missing.html"]);
  });

  it("of a machine that has nothing ends with 1, by the stack's state alone", async () => {
    const file = at("stack.json");
    const outputs = { directory: "D:\\Exports\\web01", virtualMachine: "WEB01", generation: { every: "1d" } };
    const resource = { urn: "urn:x", type: "pulumi-nodejs:dynamic/hyperv:ExportChain", id: "c", outputs };
    fs.writeFileSync(file, JSON.stringify({ version: 3, deployment: { resources: [resource] } }));
    expect((await runTool(["report", "--stack-export", file, "--out", at("stack.html")])).code).toBe(1);
    expect(fs.readFileSync(at("stack.html"), "utf8")).toMatch(/1 of 1: no backup: .*WEB01/);
  });

  it.each([
    { words: ["report", "--out", "x.html"], reason: "neither a folder nor a stack's state" },
    { words: ["report", "."], reason: "--out" },
    { words: ["report", ".", "--out", "/nowhere/x.html"], reason: "cannot be written (ENOENT)" },
    { words: ["report", ".", "--out", "x.html", "--max-age", "soon"], reason: "a duration such as" },
    { words: ["report", "--stack-export", "/nowhere", "--out", "x.html"], reason: "cannot be read (ENOENT)" },
  ])("refuses $words", async ({ words, reason }) => {
    const { code, errors } = await runTool(words, { cwd: folder });
    expect([code, errors]).toEqual([2, expect.stringContaining(reason)]);
    expect(fs.existsSync(at("x.html"))).toBe(false);
  });
});

/** The page of machines that were made up. */
function written(name: string, machines: readonly MadeMachine[]): string {
  const report = reportOf(machines, now);
  const text = reportPage({
    machines: machineBackups(report).map((machine) => judged(machine, now, 26 * HOUR)),
    failures: [],
    places: report.directories,
    maxAge: "26h",
    now,
  });
  fs.writeFileSync(at(name), text);
  return text;
}

const why = "no Chromium is on this machine: Debian has it in the package chromium";

describe.skipIf(process.platform === "win32" || (program === undefined && process.env.CI !== "true"))(
  `the page in a browser (${program ?? why})`,
  () => {
    let browser: Browser;
    let page: Page;
    /** Whatever the page has asked for or complained of. */
    let noise: string[];
    beforeAll(async () => {
      if (program === undefined) throw new Error(why);
      browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
    });
    afterAll(() => browser?.close());
    afterEach(() => page?.close());

    async function shown(name: string, options: Parameters<Browser["newPage"]>[0] = {}): Promise<void> {
      page = await browser.newPage(options);
      noise = [];
      page.on("console", (message) => noise.push(message.text()));
      page.on("pageerror", (error) => noise.push(String(error)));
      page.on("dialog", (dialog) => {
        noise.push(dialog.message());
        void dialog.dismiss();
      });
      page.on("request", (request) => noise.push(request.url()));
      const url = pathToFileURL(at(name)).href;
      await page.goto(url);
      expect(noise).toEqual([url]);
    }

    /** What is not in sight yet is not laid out, and has no inner text. */
    const texts = async (selector: string) =>
      (await page.locator(selector).allTextContents()).map((text) => text.replace(/\s+/g, " ").trim());

    it("says first which machines have no backup, then the others by how they stand", async () => {
      const machines = (["fine", "old", "lost", "partly", "unknown"] as const).map((fate) => ({ name: `VM-${fate}`, nights: 9, fate }));
      written("five.html", machines);
      await shown("five.html");
      expect(await texts(".headline")).toEqual([
        "✖ 1 of 5: no backup: VM-lost",
        "? 1 of 5: unclear: VM-unknown",
        "◷ 1 of 5: too old: VM-old",
        "▲ 1 of 5: damage: VM-partly",
        "✔ 1 of 5: fine",
      ]);
      expect(await texts("section h2")).toEqual([
        "VM-lost ✖ no backup",
        "VM-unknown ? unclear",
        "VM-old ◷ too old",
        "VM-partly ▲ damage",
        "VM-fine ✔ fine",
      ]);
      expect((await texts("section#m3 p"))[0]).toContain(
        "Newest that can be restored: 2026-11-23 10:00Z, 5d old. Overdue since 2026-11-24 12:00Z",
      );
      expect((await texts("section#m5 p"))[0]).toContain("Next one due: 2026-11-29 04:00Z.");
    });

    it("tells every figure in words: each date, whether it can be restored, and why not", async () => {
      expect((await runTool(["report", damaged.chain, "--out", at("rows.html")])).code).toBe(1);
      await shown("rows.html");
      const rows = await page
        .locator("section tbody tr")
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent?.trim())));
      expect(rows.map((cells) => cells[4])).toEqual(["night-4", "night-3", "night-2", "night-1"]);
      expect(rows.map((cells) => cells[1])).toEqual(["full", "differential", "differential", "full"]);
      expect(rows.map((cells) => cells[3])).toEqual([
        "✔ yes",
        expect.stringMatching(/^✖ no: It is intact, but a generation that it continues is not what it was/),
        expect.stringMatching(/^✖ no: /),
        expect.stringMatching(/^✖ no: Its own files or its manifest are not what they were\. file-resized/),
      ]);
      for (const cells of rows)
        expect([/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}Z$/.test(cells[0] ?? ""), /[KM]iB$/.test(cells[2] ?? "")]).toEqual([true, true]);
      // What is drawn is spared to readers of screens, since the table says it.
      expect(await page.locator("svg:not([aria-hidden=true])").count()).toBe(0);
      const drawn = await page.locator("section svg path").evaluateAll((all) => all.map((one) => one.getAttribute("class")));
      expect(drawn).toEqual(["full", "damaged", "bars", "now"]);
    });

    it("takes names for text, whatever they hold", async () => {
      const hostile = [`<img src=x onerror="alert(1)">`, "</style><script>alert(2)</script>", `"'&amp;`, "</td></table><b>bold</b>"];
      written(
        "hostile.html",
        hostile.map((name) => ({ name, nights: 2, fate: "lost" as const })),
      );
      await shown("hostile.html");
      expect(await page.locator("img, script, b").count()).toBe(0);
      const headings = await page.locator("section h2").evaluateAll((all) => all.map((one) => one.firstChild?.textContent?.trim()));
      expect(headings.sort()).toEqual([...hostile].sort());
      const named = await page.locator("main > .wide td:first-child").allTextContents();
      expect(named.sort()).toEqual([...hostile].sort());
    });

    it("escapes what a manifest holds, on its way through the command", async () => {
      const copy = tree.copy();
      fs.rmSync(copy.single("full").claim);
      copy.single("full").changeManifest((manifest) => {
        manifest.virtualMachineName = "<img src=x onerror=alert(1)>\u202egpj";
        manifest.virtualMachineId = "11111111-2222-3333-4444-555555555555";
      });
      await runTool(["report", copy.single("full").directory, "--out", at("manifest.html")]);
      await shown("manifest.html");
      expect(await page.locator("section h2").textContent()).toMatch(/^<img src=x onerror=alert\(1\)>\\u\{202e\}gpj /);
    });

    it("forbids scripts and the network, even to what would have got into it", async () => {
      const text = written("policy.html", [{ name: "SQL01", nights: 1, fate: "fine" }]);
      const bad = `<script>document.title="ran"</script><img src="http://127.0.0.1:9/x"><p style="color:red" onclick="1">x`;
      fs.writeFileSync(at("policy.html"), text.replace("</main>", `${bad}</main>`));
      page = await browser.newPage();
      const asked: string[] = [];
      const violated: string[] = [];
      page.on("requestfinished", (request) => asked.push(request.url()));
      page.on("console", (message) => violated.push(message.text()));
      const url = pathToFileURL(at("policy.html")).href;
      await page.goto(url);
      expect([await page.title(), asked]).toEqual(["Backups: all 1 fine", [url]]);
      for (const directive of ["script-src", "img-src", "style-src"]) expect(violated.join("\n")).toContain(directive);
    });

    it("of a thousand machines is under 3 MiB and painted within a second", async () => {
      const fates = ["lost", "old", "partly", "unknown"] as const;
      const machines = Array.from({ length: 1000 }, (_, index) => ({
        name: `machine-${index}.department.example.org`,
        nights: 30,
        fate: index < 8 ? (fates[index % 4] as "lost") : ("fine" as const),
      }));
      const text = written("thousand.html", machines);
      expect(Buffer.byteLength(text)).toBeLessThan(3 * 1024 ** 2);
      await shown("thousand.html");
      const painted = await page.evaluate<number>(`new Promise((resolve) => {
        const observer = new PerformanceObserver((list) => {
          const [entry] = list.getEntriesByName("first-contentful-paint");
          if (entry) resolve(entry.startTime);
        });
        observer.observe({ type: "paint", buffered: true });
      })`);
      expect(painted).toBeLessThan(1000);
      expect((await texts(".headline"))[0]).toBe(
        "✖ 2 of 1000: no backup: machine-0.department.example.org, machine-4.department.example.org",
      );
      expect(await page.locator("section").count()).toBe(1000);
      expect(await page.locator("section#m1000 tbody tr").count()).toBe(12);
      expect(await page.locator("section#m1000").textContent()).toContain(
        "And 18 older, from 2026-10-30 02:00Z to 2026-11-16 02:00Z: 18 can be restored.",
      );
    });

    it.each(["light", "dark"] as const)("is read in %s, by its contrast", async (colorScheme) => {
      const machines = (["fine", "old", "lost", "partly", "unknown"] as const).map((fate) => ({ name: `VM-${fate}`, nights: 9, fate }));
      written("contrast.html", machines);
      await shown("contrast.html", { colorScheme });
      const weak = await page.evaluate(`(() => {
        const part = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        const light = (colour) => {
          const [red, green, blue] = colour.match(/[\\d.]+/g).map((each) => part(Number(each) / 255));
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const paper = light(getComputedStyle(document.body).backgroundColor);
        const contrast = (colour) => {
          const [low, high] = [light(colour), paper].sort((one, other) => one - other);
          return (high + 0.05) / (low + 0.05);
        };
        const texts = [...document.querySelectorAll("body *")].filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
        const weak = texts.filter((one) => contrast(getComputedStyle(one).color) < 4.5).map((one) => one.outerHTML.slice(0, 80));
        return { dark: paper < 0.2, weak, all: texts.length > 50 };
      })()`);
      expect(weak).toEqual({ dark: colorScheme === "dark", weak: [], all: true });
    });

    it("fits a phone, and is printed whole", async () => {
      written("phone.html", [{ name: "a-machine-with-a-very-long-name.department.example.org", nights: 30, fate: "partly" }]);
      await shown("phone.html", { viewport: { width: 360, height: 640 } });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      await page.emulateMedia({ media: "print" });
      expect(await page.evaluate("getComputedStyle(document.querySelector('section')).contentVisibility")).toBe("visible");
      expect((await page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
    });
  },
);
