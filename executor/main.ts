#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { systemClock } from '../internal/daemon/clock.ts';
import { createPinoLogger } from '../internal/daemon/pino-logger.ts';
import { runProgram } from '../internal/daemon/program.ts';
import { dockerCertFolder } from '../internal/docker/docker-host.ts';
import { executorFlags } from './config.ts';
import { createExecutor } from './executor.ts';

process.exitCode = await runProgram(
  {
    name: 'micado-executor',
    summary: 'scales Docker Swarm services and workers when Prometheus alerts say so',
    flags: executorFlags,
    createLogger: createPinoLogger,
    async create(config, logger) {
      const certFolder = dockerCertFolder(process.env);
      const { actors } = await createExecutor(config, {
        logger,
        clock: systemClock,
        dockerCertFolder: certFolder,
        pageFolder: fileURLToPath(new URL('./page', import.meta.url)),
      });
      return actors;
    },
  },
  {
    argv: process.argv.slice(2),
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  },
);
