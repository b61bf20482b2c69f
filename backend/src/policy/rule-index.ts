import type { CompiledRule, RuleLookup } from './compiled-policy.js';
import type { DecidableRequest } from './decidable-request.js';
import { HostIndex } from './host-index.js';
import { PathIndex } from './path-index.js';

/** A project's rules by host, agent and path. */
export class RuleIndex implements RuleLookup {
  readonly #hosts = new HostIndex<HostRules>(() => new HostRules());

  /** Only while compiling. */
  add(rule: CompiledRule): void {
    this.#hosts.bucket(rule.host).add(rule);
  }

  collect(agentId: string, request: DecidableRequest, into: CompiledRule[]): void {
    for (const rules of this.#hosts.concerning(request.host)) rules.collect(agentId, request, into);
  }
}

class HostRules {
  readonly #ofEveryAgent = new PathRules();
  /** Rules that name an agent, apart: a thousand agents with a rule each cost one look-up. */
  readonly #ofAgent = new Map<string, PathRules>();

  add(rule: CompiledRule): void {
    if (rule.agentId === null) {
      this.#ofEveryAgent.add(rule);
      return;
    }
    const present = this.#ofAgent.get(rule.agentId) ?? new PathRules();
    this.#ofAgent.set(rule.agentId, present);
    present.add(rule);
  }

  collect(agentId: string, request: DecidableRequest, into: CompiledRule[]): void {
    this.#ofEveryAgent.collect(request, into);
    this.#ofAgent.get(agentId)?.collect(request, into);
  }
}

class PathRules {
  readonly #exact = new PathIndex<CompiledRule>();
  readonly #widened = new PathIndex<CompiledRule>();

  add(rule: CompiledRule): void {
    this.#exact.add(rule.path === null ? null : rule.path.exact, rule);
    if (rule.path !== null && rule.action !== 'allow') this.#widened.add(rule.path.widened, rule);
  }

  collect(request: DecidableRequest, into: CompiledRule[]): void {
    this.#exact.collect(request.exactPath, into);
    this.#widened.collect(request.widenedPath, into);
    for (const path of request.partlyWidenedPaths) this.#widened.collect(path, into);
  }
}
