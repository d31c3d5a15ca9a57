/** `/proc/net/tcp` and `tcp6`: which sockets listen. Addresses there are hexadecimal, in the machine's byte order. */

export type ListeningSocket = { readonly port: number; readonly inode: string; readonly scope: SocketScope };
export type SocketScope = 'loopback' | 'every address' | 'other';

const LISTEN = '0A';
const LOOPBACK_ADDRESSES = [
  '0100007F',
  '00000000000000000000000001000000',
  '0000000000000000FFFF00000100007F',
];

export function parseProcNet(text: string): readonly ListeningSocket[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const columns = line.trim().split(/\s+/);
      const [address = '', portHex = ''] = (columns[1] ?? '').split(':');
      const inode = columns[9];
      if (columns[3] !== LISTEN || inode === undefined) return [];
      return [{ port: Number.parseInt(portHex, 16), inode, scope: scopeOf(address.toUpperCase()) }];
    });
}

function scopeOf(address: string): SocketScope {
  if (/^0+$/.test(address)) return 'every address';
  return LOOPBACK_ADDRESSES.includes(address) ? 'loopback' : 'other';
}

/** The sockets that keep a server from listening on loopback at this port. */
export function socketsInTheWay(
  sockets: readonly ListeningSocket[],
  port: number,
): readonly ListeningSocket[] {
  return sockets.filter((socket) => socket.port === port && socket.scope !== 'other');
}
