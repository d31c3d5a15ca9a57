/** What zod finds wrong with a policy file, in the words that people get for labels too. */
import type { z } from 'zod';
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import { ALERT_FIELDS, ALERT_MAPS } from './own-alert.ts';
import type { Problem } from './problem.ts';
import { policyPath, SETTING_KEYS } from './settings.ts';

type Issue = z.core.$ZodIssue;

const KNOWN_KEYS = [
  'defaults',
  'services',
  'queries',
  'workers',
  'name',
  'infra',
  'threshold',
  'schedule',
  'alert',
  ...Object.keys(ALERT_FIELDS),
  ...Object.keys(ALERT_MAPS),
  ...new Set(SETTING_KEYS.flatMap((key) => policyPath(key).split('.'))),
];

export function policyProblems(issue: Issue): readonly Problem[] {
  const path = issue.path.map(String).join('.');
  const where = path === '' ? 'policy file' : path;
  const value = show(issue.input);
  const severity = 'error' as const;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      severity,
      where: path === '' ? key : `${path}.${key}`,
      value: '',
      message: `is no setting of this place${didYouMean(key, KNOWN_KEYS)}`,
      cure: 'correct or remove the key',
    }));
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => ({ severity, where, value: '', message, cure: 'rename it' }));
  if (issue.code === 'invalid_type') {
    const kind = issue.expected === 'object' || issue.expected === 'record' ? 'mapping' : issue.expected;
    return [
      { severity, where, value, message: `must be a ${kind}`, cure: 'rulegen/README.md shows the form' },
    ];
  }
  return [{ severity, where, value, message: issue.message, cure: 'correct the value' }];
}

function show(input: unknown): string {
  if (input === undefined) return '';
  return typeof input === 'string' ? input : (JSON.stringify(input) ?? '');
}
