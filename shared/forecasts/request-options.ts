/** Query parameters of `/predict` that are not fields of an instance. No feature or dimension may have one of these names. */
export const predictOptionNames = ["partial", "explain", "features", "above", "steps", "until", "group"] as const;
