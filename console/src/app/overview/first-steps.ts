import { Component, computed, input } from '@angular/core';

import type { SystemView } from '../../../../libs/contracts/system';
import { CommandLine } from '../ui/command-line';
import { Icon } from '../ui/icon';
import { onecliCommand } from '../ui/onecli-command';

interface Step {
  readonly fact: keyof SystemView['firstSteps'];
  readonly name: string;
  readonly how: string;
  /** Of the `onecli` program. */
  readonly arguments?: string;
}

const STEPS: readonly Step[] = [
  {
    fact: 'agentCreated',
    name: 'Create an agent',
    how: 'An agent is who sends requests: a program on this machine, a container, a job.',
    arguments: 'agents create my-agent',
  },
  {
    fact: 'secretAdded',
    name: 'Add a secret',
    how: 'The gateway puts it into the requests that need it. Type the value at the prompt; it is never shown again.',
    arguments: 'secrets create claude --type anthropic',
  },
  {
    fact: 'requestSeen',
    name: 'Send a request through the gateway',
    how: 'Start the agent as shown under “Connect an agent”. Waiting for its first request…',
  },
  {
    fact: 'ruleCreated',
    name: 'Write the first rule',
    how: 'Rules block, limit or allow requests by host, path, method and agent.',
    arguments: 'rules create "No deletes" --action block --host api.github.com --method DELETE',
  },
];

/** The first-run checklist. Nobody ticks it: the facts do. The first open step says how. */
@Component({
  selector: 'app-first-steps',
  imports: [CommandLine, Icon],
  templateUrl: './first-steps.html',
  styleUrl: './first-steps.scss',
})
export class FirstSteps {
  readonly facts = input.required<SystemView['firstSteps']>();
  protected readonly steps = computed(() =>
    STEPS.map((step) => ({ ...step, command: commandOf(step), done: this.facts()[step.fact] })),
  );
  protected readonly doneCount = computed(() => this.steps().filter((step) => step.done).length);
  protected readonly next = computed(() => this.steps().find((step) => !step.done)?.fact);
}

function commandOf({ arguments: rest }: Step): string | undefined {
  return rest === undefined ? undefined : onecliCommand(rest);
}
