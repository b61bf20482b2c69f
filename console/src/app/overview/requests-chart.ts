import { Component, computed, input } from '@angular/core';

import { count } from '../ui/quantity';
import type { Bucket, GroupKey } from './request-counts';
import { GROUPS, sumOf } from './request-counts';

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric' });
/** The drawing's own units; it is stretched to the card. */
const HEIGHT = 100;
const BAR = 10;
const GAP = 1.5;

/** Requests per minute as stacked bars. The picture has a sentence for those who don't see it; the tiles hold the numbers. */
@Component({
  selector: 'app-requests-chart',
  templateUrl: './requests-chart.html',
  styleUrl: './requests-chart.scss',
})
export class RequestsChart {
  readonly buckets = input.required<readonly Bucket[]>();
  readonly bucketSeconds = input.required<number>();

  protected readonly height = HEIGHT;
  protected readonly width = computed(() => this.buckets().length * BAR);
  private readonly sums = computed(() => sumOf(this.buckets()));
  protected readonly legend = computed(() =>
    GROUPS.filter(({ key }) => key !== 'held' || this.sums()[key] > 0).map(({ key, name }) => ({ key, name })),
  );
  protected readonly empty = computed(() => this.buckets().every((bucket) => bucket.total === 0));
  /** The top of the scale, requests per minute: a round number not below the highest bar. */
  protected readonly scale = computed(() =>
    roundUp(Math.max(...this.buckets().map((b) => this.perMinute(b.total)), 0)),
  );
  protected readonly lines = computed(() => [1, 0.5].map((part) => ({ part, label: short(this.scale() * part) })));
  protected readonly areas = computed(() => GROUPS.map(({ key }) => ({ key, path: this.pathOf(key) })));
  protected readonly marks = computed(() => {
    const buckets = this.buckets();
    const long = buckets.length * this.bucketSeconds() > 2 * 86_400;
    return [0, 0.25, 0.5, 0.75].map((part) => {
      const time = buckets[Math.floor(part * buckets.length)]?.time ?? 0;
      return { part, label: (long ? DAY : TIME).format(time) };
    });
  });
  protected readonly hovers = computed(() =>
    this.buckets().map((bucket, index) => ({ x: index * BAR, words: this.words(bucket) })),
  );
  protected readonly summary = computed(() => {
    const sums = this.sums();
    const parts = GROUPS.filter(({ key }) => sums[key] > 0).map(
      ({ key, name }) => `${count(sums[key])} ${name.toLowerCase()}`,
    );
    return `Requests per minute over time: ${parts.length === 0 ? 'none' : parts.join(', ')}.`;
  });

  private perMinute(requests: number): number {
    return (requests * 60) / this.bucketSeconds();
  }

  private pathOf(group: GroupKey): string {
    const scale = this.scale();
    let path = '';
    this.buckets().forEach(({ counts }, index) => {
      if (counts[group] === 0) return;
      let below = 0;
      for (const { key } of GROUPS) {
        if (key === group) break;
        below += counts[key];
      }
      const bottom = HEIGHT - (this.perMinute(below) / scale) * HEIGHT;
      const tall = (this.perMinute(counts[group]) / scale) * HEIGHT;
      path += `M${index * BAR + GAP / 2} ${bottom.toFixed(2)}h${BAR - GAP}v${(-tall).toFixed(2)}h${GAP - BAR}z`;
    });
    return path;
  }

  private words(bucket: Bucket): string {
    const parts = GROUPS.filter(({ key }) => bucket.counts[key] > 0).map(
      ({ key, name }) => `${count(bucket.counts[key])} ${name.toLowerCase()}`,
    );
    const when = `${DAY.format(bucket.time)}, ${TIME.format(bucket.time)}`;
    return `${when}: ${parts.length === 0 ? 'no requests' : parts.join(', ')}`;
  }
}

function roundUp(value: number): number {
  if (value <= 0) return 1;
  const step = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 2, 4, 5, 10]) if (value <= step * factor) return step * factor;
  return step * 10;
}

function short(value: number): string {
  return value >= 10 ? count(value) : String(Math.round(value * 100) / 100);
}
