import { describe, expect, test } from '@jest/globals';
import { parseProcNet, socketsInTheWay } from '../../../../deploy/core/parse-proc-net.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (address: string, state: string, inode: number): string =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`;
const table = [
  HEADER,
  line('0100007F:2382', '0A', 11),
  line('00000000:0050', '0A', 12),
  line('0100007F:2383', '01', 13),
  line('0A4D0A0A:2384', '0A', 14),
  '',
].join('\n');
const table6 = [
  HEADER,
  line('00000000000000000000000000000000:2385', '0A', 15),
  line('0000000000000000FFFF00000100007F:2386', '0A', 16),
].join('\n');

describe('parseProcNet', () => {
  test('reads port, inode and scope of listening sockets, and no others', () => {
    expect(parseProcNet(table)).toEqual([
      { port: 9090, inode: '11', scope: 'loopback' },
      { port: 80, inode: '12', scope: 'every address' },
      { port: 9092, inode: '14', scope: 'other' },
    ]);
  });

  test('knows loopback and every address in their IPv6 forms', () => {
    expect(parseProcNet(table6).map(({ scope }) => scope)).toEqual(['every address', 'loopback']);
  });

  test('finds nothing in an empty table', () => {
    expect(parseProcNet('')).toEqual([]);
  });
});

describe('socketsInTheWay', () => {
  test.each([
    [9090, ['11']],
    [80, ['12']],
    [9092, []],
    [1, []],
  ])('of loopback port %i are %j', (port, inodes) => {
    expect(socketsInTheWay(parseProcNet(table), port).map(({ inode }) => inode)).toEqual(inodes);
  });
});
