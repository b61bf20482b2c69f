import { open, seal } from '../crypto/envelope.js';
import type { KeyRing } from '../crypto/key-ring.js';
import { hashToken, mintToken } from '../crypto/token.js';
import type { Agent } from './agent.entity.js';

/** Gives the agent a new access token and answers it: the row keeps its hash, and the token sealed. */
export function giveToken(agent: Agent, ring: KeyRing): string {
  const token = mintToken('aoc_');
  agent.tokenHash = hashToken(token);
  agent.sealedToken = seal(ring, Buffer.from(token), place(agent));
  return token;
}

/** A new token; the old one keeps working for so many seconds, and one from an earlier grace ends now. */
export function replaceToken(agent: Agent, ring: KeyRing, graceSeconds: number, now: number): string {
  agent.previousTokenHash = graceSeconds > 0 ? agent.tokenHash : null;
  agent.previousTokenExpiresAt = graceSeconds > 0 ? new Date(now + graceSeconds * 1000) : null;
  return giveToken(agent, ring);
}

/** The agent's access token in clear. Throws SealedValueError. */
export function tokenOf(agent: Agent, ring: KeyRing): string {
  return open(ring, agent.sealedToken, place(agent)).toString('utf8');
}

function place(agent: Agent) {
  return { table: 'agent', rowId: agent.id, column: 'token' };
}
