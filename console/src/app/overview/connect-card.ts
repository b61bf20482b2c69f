import { Component, computed, input, linkedSignal } from '@angular/core';

import type { AgentView } from '../../../../libs/contracts/agents';
import { CommandLine } from '../ui/command-line';
import { CopyButton } from '../ui/copy-button';
import { Icon } from '../ui/icon';
import { onecliCommand } from '../ui/onecli-command';

/** How to run an agent through the gateway, with the real values of this installation. */
@Component({
  selector: 'app-connect-card',
  imports: [CommandLine, CopyButton, Icon],
  templateUrl: './connect-card.html',
  styleUrl: './connect-card.scss',
})
export class ConnectCard {
  readonly agents = input.required<readonly AgentView[]>();
  readonly gatewayUrl = input<string>();
  readonly fingerprint = input<string>();
  readonly requestSeen = input<boolean>();

  protected readonly picked = linkedSignal<readonly AgentView[], string | undefined>({
    source: this.agents,
    computation: (agents, previous) =>
      agents.find((agent) => agent.identifier === previous?.value)?.identifier ??
      (agents.find((agent) => agent.isDefault) ?? agents[0])?.identifier,
  });

  /** The default agent needs no name. */
  protected readonly command = computed(() => {
    const agent = this.agents().find(({ identifier }) => identifier === this.picked());
    const flag = agent === undefined || agent.isDefault ? '' : ` --agent ${agent.identifier}`;
    return onecliCommand(`run${flag} -- claude`);
  });
}
