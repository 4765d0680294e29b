import { OpenHosts } from "../open-hosts";

/** The hosts of this process, which lives for one operation of the engine. */
export const processHosts = new OpenHosts();
