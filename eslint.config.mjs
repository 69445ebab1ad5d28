// Typed strict lint for everything; Microsoft's checker rules for what runs inside Dynamics 365.
import js from "@eslint/js";
import powerApps from "@microsoft/eslint-plugin-power-apps";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/out/**", "**/generated/**", "**/*.mjs", "**/*.cjs", "**/*.js", "stubs/**", "**/fixtures/**", "**/node_modules/**"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": "off",
      "@typescript-eslint/require-await": "off", // a port is asynchronous even where one implementation is not
      "@typescript-eslint/dot-notation": "off", // members of untyped JSON read better in brackets
      // What is taken out of an object so that the rest can be handed on.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-eval": "error", "no-implied-eval": "off", "no-alert": "error", eqeqeq: "error",
    },
  },
  { files: ["pcf-controls/**/*.{ts,tsx}", "webresources/**/*.ts"], plugins: { "@microsoft/power-apps": powerApps }, rules: powerApps.configs.paCheckerHosted.rules },
);
