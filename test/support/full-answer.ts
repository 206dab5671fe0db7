import { singleAnswerShape } from "../../shared/api/predict.ts";

/** Builds an answer with the values of its features, as with `?features=true`. */
export const fullAnswerShape = singleAnswerShape.required({ features: true });
