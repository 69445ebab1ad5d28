// What the card-entry page's build wrote: the html, the two files it loads, and their integrity.
import { readFileSync } from "node:fs";
import { z } from "zod";

const PageFile = z.object({
  html: z.string().min(1), script: z.string().min(1), style: z.string(), scriptIntegrity: z.string().min(1), styleIntegrity: z.string().min(1), version: z.string().regex(/^[\w.-]{1,80}$/),
});
export type CardEntryPage = z.infer<typeof PageFile>;

/** Reads it. Throws when it is not there or not whole: the relay cannot take new cards without it. */
export const loadCardEntryPage = (file: string | URL): CardEntryPage => PageFile.parse(JSON.parse(readFileSync(file, "utf8")));
