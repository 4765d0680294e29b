import { ProviderProcess } from "../../engine/provider-process";

/** More labs than this would only make the process fat: each one stays open in it. */
const MOST_SEQUENCES = 200;

/**
 * The provider process that many sequences use, since its start takes longer than a sequence. A killed one is followed by a spare,
 * which starts in the background.
 */
export class ProviderPool {
  private readonly killed = new WeakSet<ProviderProcess>();
  private spare: Promise<ProviderProcess> | undefined;
  private sequences = 0;
  kills = 0;

  private constructor(private process: ProviderProcess) {}

  static async start(): Promise<ProviderPool> {
    return new ProviderPool(await ProviderProcess.start());
  }

  get current(): ProviderProcess {
    return this.process;
  }

  isKilled(process: ProviderProcess): boolean {
    return this.killed.has(process);
  }

  /** As a power cut. Resolves when the next process is there. */
  async kill(): Promise<void> {
    this.kills++;
    const old = this.process;
    this.killed.add(old);
    const next = this.spare ?? ProviderProcess.start();
    this.spare = undefined;
    await old.kill();
    this.process = await next;
    this.spare = ProviderProcess.start();
    this.spare.catch(() => {});
    this.sequences = 0;
  }

  /** Between two sequences. */
  async tidy(): Promise<void> {
    if (++this.sequences < MOST_SEQUENCES) return;
    this.sequences = 0;
    await this.process.end();
    this.process = await ProviderProcess.start();
  }

  async close(): Promise<void> {
    const spare = await this.spare?.catch(() => undefined);
    await spare?.kill();
    if (this.process.isRunning) await this.process.end();
  }
}
