import type { ResourceValidationPolicy } from "@pulumi/policy";
import { fitsPattern } from "../domain/look-ups/name-pattern";
import { leveled } from "./leveled";
import type { OwnVolumeOptions } from "./policy-options";
import { SeenResource } from "./seen-resource";
import { liesOn, volumeOf } from "./volumes";

/** An export on the volume that its machine's disks lie on goes with it. */
export function ownVolume(options: OwnVolumeOptions): ResourceValidationPolicy {
  return leveled(options, {
    name: "hyperv-not-on-own-volume",
    description: "Exports and chains do not lie on a volume of their machine, as far as the program and the pack's options tell.",
    validateResource: (args, report) => {
      const seen = SeenResource.of(args);
      const directory = seen?.directory;
      if (seen === undefined || directory === undefined) return;
      const declared = Object.entries(options.volumes ?? {})
        .filter(([pattern]) => seen.machineNames.some((name) => fitsPattern(pattern, name)))
        .flatMap(([, volumes]) => volumes);
      const ofDisks = seen.disks.flatMap((disk) => volumeOf(disk) ?? []);
      const shared = [...declared, ...ofDisks].find((volume) => liesOn(directory, volume));
      if (shared === undefined) return;
      report(
        `The ${seen.title} lies on ${shared}, which holds the machine itself: both would be lost together. Name a directory on another volume.`,
      );
    },
  });
}
