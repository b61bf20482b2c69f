import type { RequestDecision } from '../../../../libs/contracts/requests';

export type Tone = 'ok' | 'bad' | 'warn' | 'hold' | 'off';

/** The word and the colour of a decision; never the colour alone. */
export const DECISIONS: Readonly<Record<RequestDecision, { readonly word: string; readonly tone: Tone }>> = {
  allowed: { word: 'Allowed', tone: 'ok' },
  blocked: { word: 'Blocked', tone: 'bad' },
  rate_limited: { word: 'Limited', tone: 'warn' },
  held: { word: 'Held', tone: 'hold' },
  denied: { word: 'Denied', tone: 'bad' },
  failed: { word: 'Failed', tone: 'off' },
  refused: { word: 'Refused', tone: 'off' },
};
