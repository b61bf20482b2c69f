import { UsageError } from '../failure.js';

export const DEFAULT_URL = 'http://localhost:10254';

/** @throws UsageError naming where the address came from */
export function controlPlaneAddress(option: string | undefined, variable: string | undefined): URL {
  const [given, source] =
    option !== undefined
      ? [option, '--url']
      : variable !== undefined && variable !== ''
        ? [variable, 'ONECLI_URL']
        : [DEFAULT_URL, ''];
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${source} must be an address such as ${DEFAULT_URL}, not "${given}".`);
  }
  url.search = '';
  url.hash = '';
  return url;
}
