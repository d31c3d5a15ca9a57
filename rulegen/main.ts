#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runProgramOrCommand } from '../internal/daemon/commands.ts';
import { createPinoLogger } from '../internal/daemon/pino-logger.ts';
import { dockerCertFolder } from '../internal/docker/docker-host.ts';
import { listRulegenCommands } from './commands/command-list.ts';
import { rulegenFlags } from './config.ts';
import { translateLegacyEnvironment } from './legacy-environment.ts';
import { createRulegen } from './rulegen.ts';

// A pass leaves megabytes of garbage behind, once a minute: without this V8 keeps room for it in between.
setFlagsFromString('--semi-space-growth-factor=1');

const certFolder = dockerCertFolder(process.env);
const { env, taken } = translateLegacyEnvironment(process.env);

process.exitCode = await runProgramOrCommand(
  {
    name: 'micado-rulegen',
    summary: 'writes Prometheus alert rules for the services of a Docker Swarm, and keeps them loaded.',
    flags: rulegenFlags,
    createLogger: createPinoLogger,
    async create(config, logger) {
      for (const { variable, flag, value } of taken)
        logger.warn('variable of MiCADO 0.3 taken over', { variable, value, useInstead: flag });
      return (await createRulegen(config, logger, certFolder)).actors;
    },
  },
  listRulegenCommands(certFolder),
  {
    argv: process.argv.slice(2),
    env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  },
);
