import type { DefaultPolicy } from '../../../libs/contracts/agents.js';
import type { Project } from './project.entity.js';

/** A project on the wire. */
export interface ProjectView {
  readonly id: string;
  readonly name: string;
  readonly defaultPolicy: DefaultPolicy;
  readonly createdAt: string;
  readonly version: string;
}

export function toProjectView(project: Project): ProjectView {
  return {
    id: project.id,
    name: project.name,
    defaultPolicy: project.defaultPolicy,
    createdAt: project.createdAt.toISOString(),
    version: String(project.version),
  };
}
