/** Where the `onecli` program looks when it is told nothing. */
const STANDARD = ['http://localhost:10254', 'http://127.0.0.1:10254'];

/**
 * A command line of the `onecli` program as it works with the console at this origin. No `npx`: outside a clone it would fetch
 * whatever package has the name.
 */
export function onecliCommand(rest: string, origin = location.origin): string {
  return STANDARD.includes(origin) ? `onecli ${rest}` : `ONECLI_URL=${origin} onecli ${rest}`;
}
