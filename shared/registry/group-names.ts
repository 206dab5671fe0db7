/** The thirds of the series, by how often they changed in training. */
export const groupNames = ["changes least", "changes sometimes", "changes most"] as const;
