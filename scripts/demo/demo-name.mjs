// Loaded into the demo's OneCLI alone (--import): resolves the one name of the demo's API, as a line in /etc/hosts would.
// Nothing else of the server is changed, and without internet there is no DNS to ask.
import promises from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

const NAME = 'api.demo.test';
const HERE = { address: '127.0.0.1', family: 4 };
const system = promises.lookup;

promises.lookup = async (name, options) => {
  if (name !== NAME) return system(name, options);
  return typeof options === 'object' && options.all === true ? [HERE] : HERE;
};
syncBuiltinESMExports();
