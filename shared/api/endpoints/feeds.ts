/** `/feeds`: publications, observations, problems and the lake. */
import type { Endpoint } from "../endpoint.ts";
import { feedProblemsPageShape, feedProblemsQueryShape } from "../feed-problems.ts";
import { feedDetailShape, feedListShape } from "../feeds.ts";
import { observationsPageShape, observationsQueryShape } from "../observations.ts";
import { uploadShape } from "../uploads.ts";
import { withdrawalShape, withdrawShape } from "../withdrawals.ts";

export const feedEndpoints = {
  listFeeds: { method: "GET", path: "/feeds", answer: feedListShape },
  getFeed: { method: "GET", path: "/feeds/{feed}", answer: feedDetailShape },
  listObservations: {
    method: "GET",
    path: "/feeds/{feed}/observations",
    query: observationsQueryShape.omit({ format: true, bom: true }),
    answer: observationsPageShape,
  },
  listFeedProblems: {
    method: "GET",
    path: "/feeds/{feed}/problems",
    token: "hub",
    query: feedProblemsQueryShape,
    answer: feedProblemsPageShape,
  },
  downloadLakeFile: { method: "GET", path: "/feeds/{feed}/lake/{path}", answer: "bytes" },
  uploadPublication: {
    method: "PUT",
    path: "/feeds/{feed}/files/{file}",
    token: "hub",
    file: "application/octet-stream",
    answer: uploadShape,
  },
  withdrawIngest: {
    method: "POST",
    path: "/feeds/{feed}/withdraw",
    token: "hub",
    body: withdrawShape,
    answer: withdrawalShape,
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
