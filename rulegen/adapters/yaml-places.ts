/** A YAML text as data, and the line of whatever stands in it. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export type PlacedYaml = {
  readonly document: Document;
  /** What is wrong with it as YAML. */
  readonly errors: readonly { readonly line: number; readonly message: string }[];
  /** The line of the entry at this path, or of the deepest one above it that is there. */
  lineOf(path: readonly string[]): number;
  lineOfNode(node: { readonly range?: readonly [number, number, number] | null }): number;
};

export function parsePlacedYaml(text: string): PlacedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  return {
    document,
    errors: document.errors.map(({ message, pos }) => ({
      line: lineAt(pos[0]),
      message: message.split('\n')[0]?.replace(/:$/, '') ?? message,
    })),
    lineOfNode: ({ range }) => lineAt(range?.[0] ?? 0),
    lineOf(path) {
      let offset = 0;
      let node: unknown = document.contents;
      for (const key of path) {
        const found = childOf(isAlias(node) ? node.resolve(document) : node, key);
        if (found === undefined) break;
        offset = found.offset;
        node = found.node;
      }
      return lineAt(offset);
    },
  };
}

function childOf(
  node: unknown,
  key: string,
): { readonly offset: number; readonly node: unknown } | undefined {
  if (isMap<Node, Node>(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    return pair && { offset: pair.key.range?.[0] ?? 0, node: pair.value };
  }
  if (!isSeq<Node>(node)) return undefined;
  // Labels may be a list of `key=value`; other lists are counted.
  const index = /^\d+$/.test(key) ? Number(key) : node.items.findIndex((item) => isEntry(item, key));
  const item = node.items[index];
  return item && { offset: item.range?.[0] ?? 0, node: item };
}

const isEntry = (item: Node, key: string): boolean =>
  isScalar(item) && (item.value === key || String(item.value).startsWith(`${key}=`));
