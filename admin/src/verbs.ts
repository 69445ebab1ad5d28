// Every verb of the command, in the order in which an admin meets them.
import type { Verb } from "./verb.ts";
import { importVerb } from "./verbs/import.ts";
import { eraseVerb } from "./verbs/erase.ts";
import { evidenceVerb } from "./verbs/evidence.ts";
import { explainSignatureVerb } from "./verbs/explain-signature.ts";
import { placeControlVerb } from "./verbs/place-control.ts";
import { doctorVerb } from "./verbs/doctor.ts";
import { promoteVerb } from "./verbs/promote.ts";
import { setupVerb } from "./verbs/setup.ts";
import { uninstallVerb } from "./verbs/uninstall.ts";

export const VERBS: readonly Verb[] = [importVerb, setupVerb, placeControlVerb, doctorVerb, promoteVerb, explainSignatureVerb, evidenceVerb, eraseVerb, uninstallVerb];
