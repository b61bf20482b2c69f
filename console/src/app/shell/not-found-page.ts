import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Notice } from '../ui/notice';
import { PageHeader } from './page-header';

@Component({
  selector: 'app-not-found-page',
  imports: [RouterLink, Notice, PageHeader],
  template: `
    <app-page-header heading="Not found" />
    <app-notice icon="error" heading="There is no such page">
      <p>The address may be mistyped. <a routerLink="/overview">Go to the overview</a></p>
    </app-notice>
  `,
})
export class NotFoundPage {}
