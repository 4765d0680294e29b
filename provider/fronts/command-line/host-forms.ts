/** How a host is named on the command line. */
export const HOST_FORMS = "local, simulator:DIRECTORY, ssh://[USER@]HOST[:PORT], or a JSON file that holds the value of hyperv:host";
