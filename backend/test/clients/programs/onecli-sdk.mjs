// CONTROL_PLANE AGENT URL: gets the container config by @onecli-sh/sdk, as a program does that starts agents in containers, and starts
// curl with the environment and the mounted file that docker would give it. Prints docker's arguments and curl's answer.
import { spawnSync } from 'node:child_process';
import { OneCLI } from '@onecli-sh/sdk';

const [, , controlPlane, agent, url] = process.argv;
const onecli = new OneCLI({ url: controlPlane, apiKey: 'oc_any' });
await onecli.ensureAgent({ name: 'Contained', identifier: agent });
const docker = ['run', '--rm'];
await onecli.applyContainerConfig(docker, { agent });

const given = (option) => docker.flatMap((word, i) => (docker[i - 1] === option ? [word] : []));
const mounts = given('-v').map((mount) => mount.split(':'));
const env = { PATH: process.env.PATH };
for (const variable of given('-e')) {
  const [name, ...value] = variable.split('=');
  const mount = mounts.find(([, inside]) => inside === value.join('='));
  // A container reaches its host under this name, and files where they are mounted.
  env[name] = mount === undefined ? value.join('=').replace('host.docker.internal', '127.0.0.1') : mount[0];
}
const curl = spawnSync('curl', ['-sS', '-H', 'Authorization: Bearer placeholder', url], { env, encoding: 'utf8' });
process.stdout.write(JSON.stringify({ docker, code: curl.status, stdout: curl.stdout, stderr: curl.stderr }));
