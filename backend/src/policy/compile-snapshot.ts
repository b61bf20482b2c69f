import type { DefaultPolicy } from '../../../libs/contracts/agents.js';
import { bySpecificity, compileSecret, type UnrankedSecret } from './compile-secret.js';
import { compileRule } from './compile-rule.js';
import type { CompiledAgent, CompiledRule, CompiledSecret, PolicySnapshot } from './compiled-policy.js';
import { RuleIndex } from './rule-index.js';
import { SecretIndex } from './secret-index.js';
import type { AgentRecord, PolicyRecords } from './snapshot.js';

/** One to two milliseconds of compiling, a few when the code is cold. */
const ROWS_PER_SLICE = 25;

/** A restrictive rule that cannot be read: without it the policy would be more open than somebody meant. */
export class UnreadablePolicy extends Error {
  override readonly name = 'UnreadablePolicy';

  constructor(
    readonly ruleId: string,
    why: string,
  ) {
    super(`Rule ${ruleId} cannot be read: ${why}`);
  }
}

/**
 * Compiles a project's policy in one go.
 * @throws UnreadablePolicy for a `block` or `rate_limit` rule with a bad pattern; what opens (allow rules, secrets) is
 * left out and named in `faults`.
 */
export function compileSnapshot(records: PolicyRecords): PolicySnapshot {
  const work = compileRows(records);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** The same in slices of a millisecond or two, with `pause` (such as setImmediate's promise) between them. */
export async function compileSnapshotInSlices(
  records: PolicyRecords,
  pause: () => Promise<unknown>,
  rowsPerSlice = ROWS_PER_SLICE,
): Promise<PolicySnapshot> {
  const work = compileRows(records);
  for (let row = 1; ; row += 1) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (row % rowsPerSlice === 0) await pause();
  }
}

/** Yields after each row. */
function* compileRows(records: PolicyRecords): Generator<undefined, PolicySnapshot, undefined> {
  const faults: string[] = [];
  const rules: CompiledRule[] = [];
  const ruleIndex = new RuleIndex();
  for (const record of records.rules) {
    const rule = compileRule(record);
    if (rule.ok) {
      rules.push(rule.value);
      ruleIndex.add(rule.value);
    } else if (record.action === 'allow') {
      faults.push(`Rule ${record.id} is left out: ${rule.why}`);
    } else {
      throw new UnreadablePolicy(record.id, rule.why);
    }
    yield;
  }
  const secrets = yield* compileSecrets(records, faults);
  const agents = yield* compileAgents(records, secrets);
  const { projectId, revision, defaultPolicy } = records;
  return { projectId, revision, defaultPolicy, agents, rules, ruleIndex, secrets, faults };
}

function* compileSecrets(
  records: PolicyRecords,
  faults: string[],
): Generator<undefined, readonly CompiledSecret[], undefined> {
  const secrets: UnrankedSecret[] = [];
  for (const record of records.secrets) {
    const secret = compileSecret(record);
    if (secret.ok) secrets.push(secret.value);
    else faults.push(`Secret ${record.id} is left out: ${secret.why}`);
    yield;
  }
  return secrets.sort(bySpecificity).map((secret, rank) => ({ ...secret, rank }));
}

function* compileAgents(
  records: PolicyRecords,
  secrets: readonly CompiledSecret[],
): Generator<undefined, ReadonlyMap<string, CompiledAgent>, undefined> {
  const ofAll = new SecretIndex();
  for (const secret of secrets) {
    ofAll.add(secret);
    yield;
  }
  const byId = new Map(secrets.map((secret) => [secret.id, secret]));
  const agents = new Map<string, CompiledAgent>();
  for (const record of records.agents) {
    agents.set(record.id, yield* compileAgent(record, records.defaultPolicy, ofAll, byId));
    yield;
  }
  return agents;
}

function* compileAgent(
  record: AgentRecord,
  projectDefault: DefaultPolicy,
  ofAll: SecretIndex,
  byId: ReadonlyMap<string, CompiledSecret>,
): Generator<undefined, CompiledAgent, undefined> {
  const { id, name, identifier, secretMode } = record;
  const deniedByDefault = projectDefault === 'deny' ? 'project' : record.defaultPolicy === 'deny' ? 'agent' : null;
  const agent = { id, name, identifier, secretMode, deniedByDefault } as const;
  if (secretMode === 'all') return { ...agent, secrets: ofAll, mayUse: () => true };
  const assigned = new Set(record.secretIds);
  const secrets = new SecretIndex();
  for (const secretId of assigned) {
    const secret = byId.get(secretId);
    if (secret !== undefined) secrets.add(secret);
    yield;
  }
  return { ...agent, secrets, mayUse: (secretId) => assigned.has(secretId) };
}
