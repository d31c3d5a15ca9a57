#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../internal/daemon/clock.ts';
import { createPlainLogger } from '../internal/daemon/plain-logger.ts';
import { runProgram } from '../internal/daemon/program.ts';
import { dockerCertFolder } from '../internal/docker/docker-host.ts';
import { exporterFlags } from './config.ts';
import { createExporter } from './exporter.ts';

// What lives grows with the containers and hardly changes, the garbage of a scrape is small and short-lived: without these
// V8 lets 16 MB of the one pile up, and half as much again as there is of the other.
for (const flag of ['--semi-space-growth-factor=1', '--heap-growing-percent=10', '--optimize-for-size'])
  setFlagsFromString(flag);

process.exitCode = await runProgram(
  {
    name: 'micado-exporter',
    summary: 'container metrics of this node under cAdvisor’s names, and the state of the Swarm on managers',
    flags: exporterFlags,
    createLogger: createPlainLogger,
    async create(config, logger) {
      const certFolder = dockerCertFolder(process.env);
      const { actors } = await createExporter(config, { clock: systemClock, logger, certFolder });
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
