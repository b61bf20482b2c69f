import { Component, computed, input } from '@angular/core';

import type { SystemView } from '../../../../libs/contracts/system';
import { CommandLine } from '../ui/command-line';
import { Icon } from '../ui/icon';

interface Step {
  readonly fact: keyof SystemView['firstSteps'];
  readonly name: string;
  readonly how: string;
  readonly command?: string;
}

const STEPS: readonly Step[] = [
  {
    fact: 'agentCreated',
    name: 'Create an agent',
    how: 'An agent is who sends requests: a program on this machine, a container, a job.',
    command: 'npx onecli agents create my-agent',
  },
  {
    fact: 'secretAdded',
    name: 'Add a secret',
    how: 'The gateway puts it into the requests that need it. Type the value at the prompt; it is never shown again.',
    command: 'npx onecli secrets create claude --type anthropic',
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
    command: 'npx onecli rules create "No deletes" --action block --host api.github.com --method DELETE',
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
  protected readonly steps = computed(() => STEPS.map((step) => ({ ...step, done: this.facts()[step.fact] })));
  protected readonly doneCount = computed(() => this.steps().filter((step) => step.done).length);
  protected readonly next = computed(() => this.steps().find((step) => !step.done)?.fact);
}
