// Colours follow the form around the control: light, dark, high contrast. From context.fluentDesignLanguage where the host gives it.
import type { ThemeTokens } from "@cybs/contract";

const LIGHT: ThemeTokens = { scheme: "light", foreground: "#242424", background: "#ffffff", border: "#8a8886", accent: "#0f6cbd", danger: "#b10e1c", fontFamily: "\"Segoe UI\", system-ui, sans-serif", fontSizePx: 14 };
const DARK: ThemeTokens = { ...LIGHT, scheme: "dark", foreground: "#ffffff", background: "#292929", border: "#adadad", accent: "#62abf5", danger: "#ff9aa2" };

interface Language { readonly isDarkTheme?: boolean; readonly tokenTheme?: Readonly<Record<string, string>> }

export function themeOf(context: object): ThemeTokens {
  const language = (context as { fluentDesignLanguage?: Language }).fluentDesignLanguage;
  const base = language?.isDarkTheme === true ? DARK : LIGHT;
  const token = (name: string, fallback: string): string => language?.tokenTheme?.[name] ?? fallback;
  return { ...base, foreground: token("colorNeutralForeground1", base.foreground), background: token("colorNeutralBackground1", base.background), border: token("colorNeutralStrokeAccessible", base.border), accent: token("colorBrandForeground1", base.accent) };
}

/** As CSS custom properties on the control's own container. */
export const cssVariables = (theme: ThemeTokens): Record<string, string> => ({
  "--cybs-foreground": theme.foreground, "--cybs-background": theme.background, "--cybs-border": theme.border, "--cybs-accent": theme.accent, "--cybs-danger": theme.danger, fontFamily: theme.fontFamily, colorScheme: theme.scheme === "dark" ? "dark" : "light",
  "--cybs-quiet": theme.scheme === "dark" ? "#c8c8c8" : "#616161", "--cybs-onaccent": theme.scheme === "dark" ? "#1b1b1b" : "#ffffff", "--cybs-soft": theme.scheme === "dark" ? "#383838" : "#f5f5f5", "--cybs-line": theme.scheme === "dark" ? "#4d4d4d" : "#e0e0e0", "--cybs-success": theme.scheme === "dark" ? "#8fd08f" : "#0e700e", "--cybs-warning": theme.scheme === "dark" ? "#fce38a" : "#835b00",
});
