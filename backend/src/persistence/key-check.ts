import { Client, escapeIdentifier } from 'pg';
import { open, seal, SealedValueError, sealedKeyId } from '../crypto/envelope.js';
import type { KeyRing } from '../crypto/key-ring.js';

const PROOF = 'onecli';
const PLACE = { table: 'installation', rowId: '1', column: 'proof' };

/**
 * Whether the given keys open what the database holds. The first run seals a constant, so that a wrong key shows even
 * while nothing else is sealed. Answers a sentence for who starts the program, or undefined when all is well. Changes
 * nothing else.
 */
export async function checkKeys(databaseUrl: string, ring: KeyRing): Promise<string | undefined> {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const missing = (await keyIdsInUse(client)).filter((id) => ring.find(id) === undefined);
    if (missing.length > 0) return wrongKey(missing, ring);
    return proofProblem(await proof(client, ring), ring);
  } finally {
    await client.end();
  }
}

/** Every bytea column named sealed_* holds envelopes (crypto/envelope.ts), whichever feature it belongs to. */
async function keyIdsInUse(client: Client): Promise<string[]> {
  const { rows: columns } = await client.query<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns
     where table_schema = current_schema() and data_type = 'bytea' and column_name like 'sealed\\_%'`,
  );
  const ids = new Set<string>();
  for (const { table_name: table, column_name: column } of columns) {
    const { rows } = await client.query<{ id: string }>(
      `select distinct encode(substring(${escapeIdentifier(column)} from 2 for 8), 'hex') as id
       from ${escapeIdentifier(table)} where ${escapeIdentifier(column)} is not null`,
    );
    for (const { id } of rows) ids.add(id);
  }
  return [...ids];
}

async function proof(client: Client, ring: KeyRing): Promise<Buffer> {
  await client.query('insert into installation (sealed_proof) values ($1) on conflict do nothing', [
    seal(ring, Buffer.from(PROOF), PLACE),
  ]);
  const { rows } = await client.query<{ sealed_proof: Buffer }>('select sealed_proof from installation');
  return rows[0]?.sealed_proof ?? Buffer.alloc(0);
}

function proofProblem(sealed: Buffer, ring: KeyRing): string | undefined {
  try {
    open(ring, sealed, PLACE);
    return undefined;
  } catch (error) {
    if (!(error instanceof SealedValueError)) throw error;
    // Two first runs at once with different keys: the other one's proof stands.
    return error.reason === 'unknown_key'
      ? wrongKey([sealedKeyId(sealed)], ring)
      : `The installation's proof of its key was altered: ${error.message}`;
  }
}

function wrongKey(missing: readonly string[], ring: KeyRing): string {
  return (
    `The encryption key is not the one that this database was sealed with: it needs ${missing.join(', ')}, and ` +
    `${ring.ids.join(', ')} was given. Give the right key in SECRET_ENCRYPTION_KEY or restore the key file; nothing was changed.`
  );
}
