import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { AuditEventModule } from '../audit/audit-event.module.js';
import { Project } from './project.entity.js';
import { ProjectsReader } from './projects.reader.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [MikroOrmModule.forFeature([Project]), AuditEventModule],
  providers: [ProjectsService, ProjectsReader],
  exports: [ProjectsService, ProjectsReader],
})
export class ProjectsModule {}
