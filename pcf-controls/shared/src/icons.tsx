// Icons as inline drawings: no font and no file to load, the colour of the text around them.
import * as React from "react";

const PATHS = {
  check: "M4.500 10.500l3.500 3.500 7.500-8", cross: "M6 6l8 8M14 6l-8 8", question: "M7.500 7.500a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.700M10 14v.2", clock: "M10 5.500V10l3 2", warning: "M10 5.500v5.500M10 13.700v.2", undo: "M7 6L4.500 8.500 7 11M5 8.500h6a3.500 3.500 0 0 1 0 7H9", dash: "M6 10h8", dots: "M6 10h.1M10 10h.1M14 10h.1",
} as const;
export type IconName = keyof typeof PATHS;

export const Icon = ({ name, size = 20 }: { readonly name: IconName; readonly size?: number }): React.ReactElement => (
  <svg className="cybs-icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" strokeWidth="1.600" strokeLinecap="round" strokeLinejoin="round">
    <circle cx="10" cy="10" r="8.700" /><path d={PATHS[name]} />
  </svg>
);
