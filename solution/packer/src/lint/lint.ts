// All rules in one list. Each is a pure function of what was read; its sentence says how to mend what it found.
import type { SolutionModel } from "../solution-model.ts";
import { appComponentsExist, siteMapsResolve } from "./app-rules.ts";
import { chartColumnsExist, dashboardTilesResolve } from "./chart-rules.ts";
import type { Finding, Rule } from "./finding.ts";
import { formColumnsExist, formControlsAreShipped, formIdsAreUnique, formScriptsAreShipped, subgridsResolve } from "./form-rules.ts";
import { connectorsAreComplete, flowsAreComplete } from "./flow-rules.ts";
import { idsAreSound } from "./id-rules.ts";
import { labelsAreTranslated, languagesAreListed } from "./language-rules.ts";
import { rootComponentsMatch, skeletonHasSections, sourceServesBothTypes, versionHasFourParts } from "./manifest-rules.ts";
import { columnsAreConsistent, columnsAreDescribed, introducedVersionsAreValid, namesCarryPrefix, optionValuesInRange } from "./name-rules.ts";
import { controlsAreComplete, everyFileHasAPlace, noEnvironmentVariableValues, webResourcesAreComplete } from "./payload-rules.ts";
import { lookupsHaveRelationships, nothingCascades, relationshipListMatches } from "./relationship-rules.ts";
import { ribbonsResolve } from "./ribbon-rules.ts";
import { rolesGrantOurTablesOnly } from "./role-rules.ts";
import { formsHaveTwins } from "./twin-rules.ts";
import { viewColumnsExist } from "./view-rules.ts";

const RULES: readonly Rule[] = [
  sourceServesBothTypes, versionHasFourParts, rootComponentsMatch, skeletonHasSections, formsHaveTwins,
  namesCarryPrefix, optionValuesInRange, columnsAreDescribed, languagesAreListed, labelsAreTranslated, introducedVersionsAreValid, columnsAreConsistent, idsAreSound,
  webResourcesAreComplete, controlsAreComplete, noEnvironmentVariableValues, everyFileHasAPlace,
  formColumnsExist, formIdsAreUnique, subgridsResolve, formScriptsAreShipped, formControlsAreShipped, viewColumnsExist, ribbonsResolve,
  chartColumnsExist, dashboardTilesResolve, appComponentsExist, siteMapsResolve, flowsAreComplete, connectorsAreComplete,
  lookupsHaveRelationships, relationshipListMatches, nothingCascades, rolesGrantOurTablesOnly,
];

/** Everything that is wrong with a source tree. */
export const lintSolution = (solution: SolutionModel): Finding[] => RULES.flatMap((rule) => rule(solution));
