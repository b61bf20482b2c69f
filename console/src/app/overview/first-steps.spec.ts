import { TestBed } from '@angular/core/testing';

import type { SystemView } from '../../../../libs/contracts/system';
import { onecliCommand } from '../ui/onecli-command';
import { FirstSteps } from './first-steps';

function shown(facts: SystemView['firstSteps']) {
  const fixture = TestBed.createComponent(FirstSteps);
  fixture.componentRef.setInput('facts', facts);
  fixture.detectChanges();
  const element = fixture.nativeElement as HTMLElement;
  const texts = (selector: string) => [...element.querySelectorAll(selector)].map((found) => found.textContent.trim());
  return { fixture, texts, count: () => element.querySelector('small')?.textContent.trim() };
}

const FRESH = { agentCreated: true, secretAdded: false, requestSeen: false, ruleCreated: false };

describe('the first steps', () => {
  it('says how the first open one is done, and only that', () => {
    const { texts, count } = shown(FRESH);
    expect(count()).toBe('1 of 4 done');
    expect(texts('[aria-current=step] p:first-child')).toEqual(['Add a secret, open']);
    expect(texts('code')).toEqual([onecliCommand('secrets create claude --type anthropic')]);
  });

  it('ticks a step when its fact comes true, and goes on to the next', () => {
    const { fixture, texts, count } = shown(FRESH);
    fixture.componentRef.setInput('facts', { ...FRESH, secretAdded: true });
    fixture.detectChanges();
    expect(count()).toBe('2 of 4 done');
    expect(texts('li.done p:first-child')).toEqual(['Create an agent, done', 'Add a secret, done']);
    expect(texts('[aria-current=step] p:first-child')).toEqual(['Send a request through the gateway, open']);
  });

  it('has nothing left to say when all are done', () => {
    const { texts, count } = shown({ agentCreated: true, secretAdded: true, requestSeen: true, ruleCreated: true });
    expect(count()).toBe('4 of 4 done');
    expect(texts('[aria-current=step]')).toEqual([]);
  });
});
