/**
 * Debian's Prometheus and Alertmanager find their templates and pages below /usr/share only; without them Alertmanager does
 * not start. Unpacked into a folder of ours, such a program is started by a script that gives it the package's own
 * /usr/share, in a mount namespace that nobody else sees. The process keeps its number, so signals reach the program.
 */
export function renderShareWrapper(packageName: string, program: string): string {
  return `#!/bin/sh
package=$(dirname "$(dirname "$(readlink -f "$0")")")/${packageName}
[ "$(id -u)" = 0 ] || as_root=--map-root-user
exec unshare --mount $as_root -- sh -c \\
  'mount --bind "$0/usr/share" /usr/share && exec "$0/${program}" "$@"' "$package" "$@"
`;
}
