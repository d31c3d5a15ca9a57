#!/usr/bin/env node
import { createPinoLogger } from '../internal/daemon/pino-logger.ts';
import { runProgram } from '../internal/daemon/program.ts';
import { dockerCertFolder } from '../internal/docker/docker-host.ts';
import { rulegenFlags } from './config.ts';
import { createRulegen } from './rulegen.ts';

process.exitCode = await runProgram(
  {
    name: 'micado-rulegen',
    summary: 'writes Prometheus alert rules for the services of a Docker Swarm, and keeps them loaded.',
    flags: rulegenFlags,
    createLogger: createPinoLogger,
    create: async (config, logger) =>
      (await createRulegen(config, logger, dockerCertFolder(process.env))).actors,
  },
  {
    argv: process.argv.slice(2),
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  },
);
