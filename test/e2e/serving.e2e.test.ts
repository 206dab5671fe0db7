/**
 * Tests a platform that serves: each module tests one part of it. They share three starts, because a start takes longer than most
 * tests: the first, one after a power cut, and one on a state folder of release 0.1.0. At the end workerd is killed.
 */
import "./serving/without-model.ts";
import "./serving/single-series.ts";
import "./serving/classification.ts";
import "./serving/registry.ts";
import "./serving/predictions.ts";
import "./serving/release-010.ts";
import "./serving/processes.ts";
