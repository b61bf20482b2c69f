import { TestBed } from '@angular/core/testing';

import type { RequestDecision } from '../../../../libs/contracts/requests';
import { REQUEST_DECISIONS } from '../../../../libs/contracts/requests';
import { DecisionChip } from './decision-chip';

function chipOf(decision: RequestDecision): HTMLElement {
  const fixture = TestBed.createComponent(DecisionChip);
  fixture.componentRef.setInput('decision', decision);
  fixture.detectChanges();
  return fixture.nativeElement as HTMLElement;
}

describe('the decision chip', () => {
  it.each([
    ['allowed', 'Allowed', 'ok'],
    ['blocked', 'Blocked', 'bad'],
    ['rate_limited', 'Limited', 'warn'],
    ['held', 'Held', 'hold'],
    ['denied', 'Denied', 'bad'],
    ['failed', 'Failed', 'off'],
    ['refused', 'Refused', 'off'],
  ] as const)('says %s as the word %s in the tone %s', (decision, word, tone) => {
    const chip = chipOf(decision);
    expect(chip.textContent).toBe(word);
    expect(chip.dataset['tone']).toBe(tone);
  });

  it('has a word of its own for every decision', () => {
    const words = REQUEST_DECISIONS.map((decision) => chipOf(decision).textContent);
    expect(new Set(words).size).toBe(REQUEST_DECISIONS.length);
  });
});
