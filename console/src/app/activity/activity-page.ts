import { Component } from '@angular/core';
import { PageHeader } from '../shell/page-header';
@Component({ selector: 'app-activity-page', imports: [PageHeader], template: `<app-page-header heading="Activity" />` })
export class ActivityPage {}
