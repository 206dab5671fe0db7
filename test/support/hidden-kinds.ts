/** Names of the feature kinds that the code under test does not have. A test mocks `findKind` with this set. */
export const hiddenKinds = new Set<string>();
