import { Component } from '@angular/core';
import { PageHeader } from '../shell/page-header';
@Component({ selector: 'app-overview-page', imports: [PageHeader], template: `<app-page-header heading="Overview" />` })
export class OverviewPage {}
