// A part of what one `$batch` asks, with its own reading: several questions travel together and are judged apart.
import type { Instant } from "../domain/time.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { Part } from "./read-batch.ts";
import type { Read } from "./write-batch.ts";

/** Some reads of a batch, and what their parts say; fewer parts than reads where one before failed. */
export interface Question<Said> {
  readonly reads: readonly Read[];
  readonly said: (parts: readonly (Part | undefined)[], now: Instant) => Said | Unavailable;
}
