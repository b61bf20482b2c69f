import { randomBytes } from 'node:crypto';
import type { CreateRuleBody } from '../libs/contracts/rules.js';
import { uuidV7 } from '../backend/src/persistence/uuid-v7.js';
import type { Gateway } from './gateway.js';

/** What a gateway is given to decide by. */
export interface PolicySize {
  readonly rules: number;
  readonly secrets: number;
}

const CREATED_AT_ONCE = 4;
/** One rule in ten is about the upstream's own host, so that a long policy makes matching a host's rules longer too. */
const CONCERNS_UPSTREAM_EVERY = 10;
/** Few enough for calls; more go into the table directly. */
const MOST_BY_CALL = 20;

/** Rules and secrets of which each request meets one secret, which is injected, and no rule that blocks. */
export async function givePolicy(gateway: Gateway, { rules, secrets }: PolicySize): Promise<void> {
  await giveSecrets(gateway, secrets);
  const wanted = Array.from({ length: rules }, (_, index) => rule(index));
  if (rules <= MOST_BY_CALL) for (const body of wanted) await gateway.call('POST', '/v1/rules', body);
  else await insertRules(gateway, wanted);
  await gateway.served();
}

function rule(index: number): CreateRuleBody {
  const concernsUpstream = index % CONCERNS_UPSTREAM_EVERY === 0;
  const elsewhere = index % 3 === 0 ? `*.zone-${index}.example.com` : `service-${index}.example.com`;
  return {
    name: `Rule ${index}`,
    hostPattern: concernsUpstream ? 'localhost' : elsewhere,
    pathPattern: index % 2 === 0 ? `/v${index}/admin/*` : null,
    method: index % 4 === 0 ? 'POST,DELETE' : null,
    action: 'block',
  };
}

async function giveSecrets(gateway: Gateway, count: number): Promise<void> {
  const value = (): string => randomBytes(24).toString('base64url');
  const injectionConfig = { headerName: 'authorization', valueFormat: 'Bearer {value}' };
  const body = { type: 'generic', injectionConfig } as const;
  await gateway.call('POST', '/v1/secrets', { ...body, name: 'Injected', value: value(), hostPattern: 'localhost' });
  let left = count - 1;
  const createSome = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const hostPattern = `service-${left}.example.com`;
      await gateway.call('POST', '/v1/secrets', { ...body, name: `Secret ${left}`, value: value(), hostPattern });
    }
  };
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, createSome));
}

/** As the rules' use case stores them, without the compilations and audit events of thousands of calls. */
async function insertRules(gateway: Gateway, rules: readonly CreateRuleBody[]): Promise<void> {
  const rows = rules.map((body) => ({ ...body, id: uuidV7() }));
  await gateway.withDatabase(async (database) => {
    await database.query(
      `insert into rule (id, project_id, name, host_pattern, path_pattern, method, action, enabled, created_at, updated_at, version)
       select row.id, project.id, row.name, row."hostPattern", row."pathPattern", row.method, row.action, true, now(), now(), 1
       from project, jsonb_to_recordset($1) as row (
         id uuid, name text, "hostPattern" text, "pathPattern" text, method text, action text)`,
      [JSON.stringify(rows)],
    );
    await database.query('update project set policy_revision = policy_revision + 1');
  });
}
