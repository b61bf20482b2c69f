import type { SystemView } from '../../../libs/contracts/system.js';
import { gatewayAnswers } from '../api/gateway-health.js';
import { defineCommand } from '../command.js';
import { Failure } from '../failure.js';
import { text } from '../options.js';
import { gatewayAddress } from '../run/gateway-address.js';

export const status = defineCommand({
  name: 'status',
  summary: 'Say whether the control plane and the gateway answer',
  options: { gateway: text('host:port', "Look for the gateway here, not at the control plane's host") },
  run: async ({ session: { controlPlane, terminal }, options }) => {
    const system = await controlPlane.get<SystemView>('/v1/system');
    const gatewayUrl = /^https?:/.test(system.gatewayUrl) ? system.gatewayUrl : `http://${system.gatewayUrl}`;
    const address = gatewayAddress(gatewayUrl, controlPlane.url, options.gateway);
    const isUp = await gatewayAnswers(address);
    const { style } = terminal;
    const mark = (isGood: boolean): string => (isGood ? style.green('✓') : style.red('✗'));
    const answer = {
      controlPlane: controlPlane.url.origin,
      version: system.version,
      database: system.database.ok,
      gateway: address,
      gatewayAnswers: isUp,
    };
    terminal.value(answer, () => [
      `${mark(true)} Control plane  ${answer.controlPlane}  OneCLI ${answer.version}, project ${system.projectName}`,
      `${mark(answer.database)} Database       ${answer.database ? 'answers' : 'does not answer'}`,
      `${mark(isUp)} Gateway        ${address}  ${isUp ? 'answers' : 'does not answer'}`,
    ]);
    if (!isUp || !answer.database) throw new Failure('Not everything is up.');
  },
});
