/** Addresses that the internet does not route: RFC 1918's, and those that providers share out behind one (RFC 6598). */
export function isPrivateAddress(address: string): boolean {
  const [first = -1, second = -1] = address.split('.').map(Number);
  return (
    first === 10 ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168) ||
    (first === 100 && second >= 64 && second <= 127)
  );
}
