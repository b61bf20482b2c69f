import { convertToParamMap } from '@angular/router';

import type { ActivityFilter } from './activity-filter';
import { filterOf, matches, paramsOf, requestFilterOf, without } from './activity-filter';
import { anEntry } from './entry.fixture';

const FULL: ActivityFilter = {
  agentId: '019ab000-0000-7000-8000-0000000000a1',
  host: 'api.stripe.com',
  method: 'POST',
  decision: 'rate_limited',
  status: 429,
  secretId: '019ab000-0000-7000-8000-0000000000c1',
  ruleId: '019ab000-0000-7000-8000-0000000000b1',
  from: '2026-11-24T00:00:00.000Z',
  to: '2026-11-25T00:00:00.000Z',
  within: '24h',
  q: 'refunds',
};

describe('the filter in the address', () => {
  it('survives the way there and back, part by part and whole', () => {
    expect(filterOf(convertToParamMap(paramsOf(FULL)))).toEqual(FULL);
    for (const [key, value] of Object.entries(FULL)) {
      const one = { [key]: value } as ActivityFilter;
      const params = Object.fromEntries(Object.entries(paramsOf(one)).filter(([, param]) => param !== null));
      expect(params).toEqual({ [key]: value });
      expect(filterOf(convertToParamMap({ [key]: String(value) }))).toEqual(one);
    }
  });

  it('leaves out what makes no sense', () => {
    const params = { decision: 'perhaps', status: 'teapot', within: 'forever', host: '  ', q: '', unknown: 'x' };
    expect(filterOf(convertToParamMap(params))).toEqual({});
    expect(filterOf(convertToParamMap({ status: '600' }))).toEqual({});
  });

  it('removes the parameters of parts that are off', () => {
    expect(paramsOf(without({ host: 'api.stripe.com', q: 'x' }, 'host'))).toMatchObject({ host: null, q: 'x' });
  });
});

describe('the filter for the API', () => {
  it('turns a moving range into a time', () => {
    const now = Date.parse('2026-11-24T12:00:00.000Z');
    expect(requestFilterOf({ within: '1h', method: 'GET' }, now)).toEqual({
      method: 'GET',
      from: '2026-11-24T11:00:00.000Z',
    });
    expect(requestFilterOf({ method: 'GET' }, now)).toEqual({ method: 'GET' });
  });
});

describe('a live entry', () => {
  const entry = anEntry({ decision: 'blocked', status: 403, ruleIds: ['rule'], secretIds: ['secret'] });

  it.each<[ActivityFilter, boolean]>([
    [{}, true],
    [{ host: 'API.stripe.com', method: 'get' }, true],
    [{ host: 'stripe.com' }, false],
    [{ decision: 'blocked', status: 403, ruleId: 'rule', secretId: 'secret' }, true],
    [{ decision: 'allowed' }, false],
    [{ status: 200 }, false],
    [{ ruleId: 'other' }, false],
    [{ secretId: 'other' }, false],
    [{ agentId: 'other' }, false],
    [{ q: 'CHARGES' }, true],
    [{ q: '8000-000000000001' }, true],
    [{ q: 'payouts' }, false],
    [{ from: '2026-11-24T13:02:11.482Z' }, true],
    [{ to: '2026-11-24T13:02:11.482Z' }, false],
  ])('with the filter %j belongs into the list: %s', (filter, belongs) => {
    expect(matches(entry, filter)).toBe(belongs);
  });
});
