// Which files fill which section of customizations.xml, as one table.
// learn.microsoft.com/power-platform/alm/solution-component-file-reference-solutionpackager

/** One child of the section per file. */
export const SECTIONS_OF_FILES: readonly { section: string; files: RegExp; hasTwins?: true }[] = [
  { section: "Roles", files: /^Roles\/[^/]+\.xml$/ },
  { section: "Workflows", files: /^Workflows\/.+\.data\.xml$/ },
  { section: "optionsets", files: /^OptionSets\/[^/]+\.xml$/ },
  { section: "Reports", files: /^Reports\/ReportSignatureIdMappings\.xml$/ },
  { section: "Reports", files: /^Reports\/.+\.data\.xml$/ },
  { section: "Dashboards", files: /^Dashboards\/[^/]+\.xml$/, hasTwins: true },
  { section: "InteractionCentricDashboards", files: /^InteractionCentricDashboards\/[^/]+\.xml$/, hasTwins: true },
  { section: "Dialogs", files: /^Dialogs\/[^/]+\.xml$/, hasTwins: true },
  { section: "WebResources", files: /^WebResources\/.+\.data\.xml$/ },
  { section: "CustomControls", files: /^Controls\/[^/]+\/ControlManifest\.xml\.data\.xml$/ },
  { section: "SolutionPluginAssemblies", files: /^PluginAssemblies\/.+\.data\.xml$/ },
  { section: "SdkMessageProcessingSteps", files: /^SdkMessageProcessingSteps\/[^/]+\.xml$/ },
  { section: "AppModuleSiteMaps", files: /^AppModuleSiteMaps\/[^/]+\/[^/]+\.xml$/, hasTwins: true },
  { section: "AppModules", files: /^AppModules\/[^/]+\/[^/]+\.xml$/, hasTwins: true },
  { section: "EntityDataProviders", files: /^EntityDataProviders\/[^/]+\.xml$/ },
  { section: "EntityDataSources", files: /^EntityDataSources\/[^/]+\.xml$/ },
  { section: "CanvasApps", files: /^CanvasApps\/[^/]+\.meta\.xml$/ },
  { section: "Connectors", files: /^Connectors\/[^/]+\.xml$/ },
  { section: "RoutingRules", files: /^RoutingRules\/[^/]+\.xml$/ },
  { section: "ConvertRules", files: /^ConvertRules\/[^/]+\.xml$/ },
  { section: "MobileOfflineProfiles", files: /^MobileOfflineProfiles\/[^/]+\.xml$/ },
  { section: "Slas", files: /^Slas\/[^/]+\.xml$/ },
];

/** The section's children are the children of one file's root. */
export const SECTIONS_OF_ROOT: readonly { section: string; file: string; hasTwins?: true }[] = [
  { section: "FieldSecurityProfiles", file: "Other/FieldSecurityProfiles.xml" },
  { section: "ConnectionRoles", file: "Other/ConnectionRoles.xml" },
  { section: "RelationshipRoles", file: "Other/RelationshipRoles.xml" },
  { section: "EntityMaps", file: "Other/EntityMaps.xml" },
  { section: "OrganizationSettings", file: "Other/OrganizationSettings.xml" },
  { section: "IsvConfig", file: "Other/IsvConfig.xml" },
  { section: "SiteMap", file: "Other/SiteMap.xml", hasTwins: true },
  { section: "RibbonDiffXml", file: "Other/RibbonCustomizations.xml" },
  { section: "ServiceEndpoints", file: "PluginAssemblies/ServiceEndpoints.xml" },
];
export const TEMPLATE_FILES = /^Templates\/([^/]+)\/.+\.xml$/;
export const ENTITY_FILES = /^Entities\/[^/]+\/Entity\.xml$/;

/** Folders whose contents go into customizations.xml; every other folder is copied into the zip as it is. */
export const FOLDERS_OF_CUSTOMIZATIONS: ReadonlySet<string> = new Set([
  "Other", "Entities", "Roles", "OptionSets", "Dashboards", "InteractionCentricDashboards", "Dialogs", "SdkMessageProcessingSteps",
  "AppModuleSiteMaps", "AppModules", "EntityDataProviders", "EntityDataSources", "RoutingRules", "ConvertRules", "MobileOfflineProfiles", "Slas", "Templates",
]);

/** Whether a file has a place in customizations.xml or solution.xml. */
export function isCustomizationFile(path: string): boolean {
  return /^Other\/(Solution|Customizations|Relationships)\.xml$|^Other\/Relationships\/[^/]+\.xml$/.test(path)
    || ENTITY_FILES.test(path) || /^Entities\/[^/]+\/(RibbonDiff\.xml|(FormXml\/[^/]+|SavedQueries|Visualizations)\/[^/]+\.xml)$/.test(path)
    || TEMPLATE_FILES.test(path) || SECTIONS_OF_FILES.some(({ files }) => files.test(path))
    || SECTIONS_OF_ROOT.some(({ file }) => path === file || path === file.replace(/\.xml$/, "_managed.xml"));
}
