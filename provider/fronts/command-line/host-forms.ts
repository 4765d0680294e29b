/** How a host is named on the command line. */
export const HOST_FORMS =
  "local, simulator:DIRECTORY, ssh://[USER@]HOST[:PORT], or the value of hyperv:host as JSON, or a file that holds it";
