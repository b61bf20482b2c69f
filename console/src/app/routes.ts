import type { Routes } from '@angular/router';

export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'overview' },
  {
    path: 'overview',
    title: 'Overview · OneCLI',
    loadComponent: () => import('./overview/overview-page').then((file) => file.OverviewPage),
  },
  {
    path: 'activity',
    title: 'Activity · OneCLI',
    loadComponent: () => import('./activity/activity-page').then((file) => file.ActivityPage),
  },
  {
    path: '**',
    title: 'Not found · OneCLI',
    loadComponent: () => import('./shell/not-found-page').then((file) => file.NotFoundPage),
  },
];
