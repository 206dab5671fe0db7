/** A priority queue of nodes that can be split, as a binary heap on gain. Nodes with equal gain leave in creation order. */
import type { GrowingNode } from "./node-search.ts";

function isBefore(a: GrowingNode, b: GrowingNode): boolean {
  const gainA = a.split?.gain ?? 0;
  const gainB = b.split?.gain ?? 0;
  return gainA > gainB || (gainA === gainB && a.node < b.node);
}

export function pushNode(heap: GrowingNode[], node: GrowingNode): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(node, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = node;
}

export function popNode(heap: GrowingNode[]): GrowingNode | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    let below = heap[child];
    const other = heap[child + 1];
    if (below !== undefined && other !== undefined && isBefore(other, below)) {
      child++;
      below = other;
    }
    if (below === undefined || !isBefore(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}
