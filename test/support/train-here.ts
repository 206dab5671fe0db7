/** The trainer's own `train`, for tests in workerd. Their type check has no Node types, so the module is imported by a variable. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";

export interface Training {
  readonly forecast: Forecast;
  readonly why: string;
  readonly day: string;
  readonly resume: null;
  readonly seed: number;
  readonly trialsMax: number;
  readonly budgetSeconds: null;
  readonly threads: number;
}

export interface HubAddress {
  readonly url: string;
  readonly token: string;
  send(url: string, init?: RequestInit): Promise<Response>;
}

export interface TrainedHere {
  readonly versions: readonly {
    readonly candidate: string;
    readonly flow: { readonly state: string; readonly reason: string | null };
  }[];
  readonly outcome: { readonly reason: string };
  readonly champion: string | null;
}

type Train = (address: HubAddress, task: Training, onProgress: () => void) => Promise<TrainedHere>;

const path: string = "../../trainer/training/train.ts";

export async function trainHere(address: HubAddress, task: Training): Promise<TrainedHere> {
  const { train }: { readonly train: Train } = await import(path);
  return train(address, task, () => {});
}
