/**
 * How long our servers keep an idle connection. Node's own five seconds end within a second of the time at which its clients
 * give a connection up: on a busy machine a call meets a connection that is just being closed. Load balancers in front of real
 * sites keep one for a minute or longer.
 */
export const KEEP_ALIVE_MS = 75_000;
