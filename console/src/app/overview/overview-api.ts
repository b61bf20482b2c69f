import { httpResource } from '@angular/common/http';
import type { Signal } from '@angular/core';
import { Injectable } from '@angular/core';

import type { AgentView } from '../../../../libs/contracts/agents';
import type { RequestStatsView } from '../../../../libs/contracts/stats';
import type { StatsWindow } from './request-counts';

@Injectable({ providedIn: 'root' })
export class OverviewApi {
  stats(window: Signal<StatsWindow>) {
    return httpResource<RequestStatsView>(() => {
      const { from, to, bucketSeconds } = window();
      const params = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), bucket: bucketSeconds };
      return { url: '/v1/requests/stats', params };
    });
  }

  agents() {
    return httpResource<AgentView[]>(() => '/v1/agents', { defaultValue: [] });
  }
}
