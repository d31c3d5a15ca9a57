/**
 * Which of apt's sources is the mirror of Debian's own packages: the first whose address ends in `/debian`, as mirrors
 * do. Other archives, and Debian's security updates, are at other addresses.
 */
export function findDebianMirror(sourceFiles: readonly string[]): string | undefined {
  return sourceFiles.flatMap(listAddresses).find((address) => /^https?:\/\/.+\/debian\/?$/.test(address));
}

/** The addresses in a file of one-line sources (`deb [options] address suite …`) or of paragraphs (`URIs: address …`). */
function listAddresses(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line) => {
    const oneLine = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s/.exec(line)?.[1];
    const paragraph = /^URIs:(.*)$/i.exec(line)?.[1]?.trim().split(/\s+/) ?? [];
    return oneLine === undefined ? paragraph : [oneLine];
  });
}
