import { chainOfOne, chainPropertiesOf } from "../domain/checkpoint-export/chain-of-one";
import type { CheckpointExportInputs } from "../domain/checkpoint-export/properties";
import { ExportError } from "../domain/errors/export-error";
import type { ChainState } from "../domain/export-chain/outputs";
import { checkCheckpointExport } from "./chain/check-chain";
import { Chains, isLookUp } from "./chains";
import type { Checked, Hosts, Stored, Voice } from "./door";

type Known = Readonly<Record<string, unknown>>;

/** The door of lifecycle/ for exports by a checkpoint: each is a chain of one generation. */
export class CheckpointExports {
  private readonly chains: Chains;

  constructor(private readonly hosts: Hosts) {
    this.chains = new Chains(hosts, "exportDirectory");
  }

  /** @param before the arguments that the engine has kept of the resource */
  check(raw: Known, before: Known = {}): Checked {
    this.chains.declare(chainPropertiesOf(raw), chainPropertiesOf(before));
    return checkCheckpointExport(raw, this.hosts.pathStyleOf);
  }

  async diff(stored: Stored, inputs: CheckpointExportInputs, voice: Voice) {
    const difference = await this.chains.diff(asChain(stored), chainOfOne(inputs), voice);
    return { ...difference, replaces: difference.replaces.map((name) => (name === "directory" ? "exportDirectory" : name)) };
  }

  create(inputs: CheckpointExportInputs, voice: Voice): Promise<ChainState> {
    return this.chains.create(chainOfOne(inputs), voice);
  }

  async read(stored: Stored, voice: Voice): Promise<ChainState | undefined> {
    const state = await this.chains.read(asChain(stored), voice);
    // A look-up of a chain of nights would show one of them, as if it were all.
    if (state && isLookUp(stored) && state.generations.length > 1) throw holdsChain(state);
    return state;
  }

  update(stored: Stored, inputs: CheckpointExportInputs, voice: Voice): Promise<ChainState> {
    return this.chains.update(asChain(stored), chainOfOne(inputs), voice);
  }

  delete(stored: Stored, voice: Voice): Promise<void> {
    return this.chains.delete(asChain(stored), voice);
  }
}

function holdsChain({ directory, generations }: ChainState): ExportError {
  const reason = `it holds a chain of ${generations.length} generations`;
  return new ExportError("export-not-found", {
    step: "look up the export",
    subject: directory,
    reason,
    remedy: "Look it up with ExportChain.get.",
  });
}

function asChain({ id, properties }: Stored): Stored {
  return { id, properties: chainPropertiesOf(properties) };
}
