// One question that doctor asks, and what it may use to find the answer.
import type { Environment } from "../../configuration/environment-file.ts";
import type { Dataverse } from "../../dataverse/web-api.ts";
import type { Finding } from "../../plans/finding.ts";
import type { RelayClient, RelayStatus } from "../../relay/relay-client.ts";
import type { Context } from "../../verb.ts";

export interface Asked {
  readonly context: Context;
  readonly dataverse: Dataverse;
  readonly environment: Environment;
  readonly relay: RelayClient | undefined;
  /** Asked for once, used by several. */
  readonly relayStatus: Promise<RelayStatus | undefined>;
}
export interface Question {
  /** Stands for the finding when there is no answer. */
  readonly id: string;
  ask(asked: Asked): Promise<readonly Finding[]>;
}
