import { proveKills } from "./kill-tests";
import { stories } from "./stories";

proveKills(
  "creates, adoptions and replacements",
  stories.filter(({ name }) => !/^(repair|delete|destroy)/.test(name)),
);
