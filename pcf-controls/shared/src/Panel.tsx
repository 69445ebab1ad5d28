// The parts every panel is made of: the frame with the form's colours and direction, waiting, stopping, figures, and its two kinds of button.
import * as React from "react";
import { DefaultButton, PrimaryButton, Spinner } from "@fluentui/react";
import { Icon, type IconName } from "./icons.tsx";
import type { Words } from "./words.ts";

const PRIMARY = { root: { background: "var(--cybs-accent)", borderColor: "var(--cybs-accent)", color: "var(--cybs-onaccent)", borderRadius: 4, minWidth: 120, height: "auto", minHeight: 32, padding: "5px 16px" }, rootHovered: { background: "var(--cybs-accent)", borderColor: "var(--cybs-foreground)", color: "var(--cybs-onaccent)" }, rootDisabled: { background: "var(--cybs-soft)", borderColor: "var(--cybs-line)", color: "var(--cybs-quiet)" } };
const QUIET = { root: { background: "var(--cybs-background)", borderColor: "var(--cybs-border)", color: "var(--cybs-foreground)", borderRadius: 4, height: "auto", minHeight: 32, padding: "5px 12px" }, rootHovered: { background: "var(--cybs-soft)", color: "var(--cybs-foreground)" }, rootDisabled: { background: "var(--cybs-soft)", color: "var(--cybs-quiet)" } };

interface FrameProps { readonly name: string; readonly words: Words; readonly variables: Readonly<Record<string, string>>; readonly label: string; readonly children: React.ReactNode }

/** The control's own container: colours as variables, text direction of the user's language, and a width its rules can ask for. */
export function Panel({ name, words, variables, label, children }: FrameProps): React.ReactElement {
  const { frame, onFocus, onBlur } = useKeptFocus();
  return <section ref={frame} tabIndex={-1} onFocus={onFocus} onBlur={onBlur} className={`cybs-panel cybs-${name}`} style={variables} dir={words.isRightToLeft ? "rtl" : "ltr"} lang={words.locale.slice(0, 2)} aria-label={label}>{children}</section>;
}

interface KeptFocus { readonly frame: React.RefObject<HTMLElement>; readonly onFocus: () => void; readonly onBlur: (event: React.FocusEvent) => void }
/** A button that is disabled or gone once it was pressed takes the focus with it: then the panel has it, so that Tab and Escape go on where the person was. */
function useKeptFocus(): KeptFocus {
  const frame = React.useRef<HTMLElement>(null);
  const isInside = React.useRef(false);
  React.useEffect(() => { if (isInside.current && document.activeElement === document.body) frame.current?.focus({ preventScroll: true }); });
  return { frame, onFocus: () => { isInside.current = true; }, onBlur: ({ target }) => { isInside.current = !target.isConnected || target.matches(":disabled"); } };
}

interface ButtonProps { readonly children: React.ReactNode; readonly onClick?: (() => void) | undefined; readonly disabled?: boolean; readonly isSubmit?: boolean; readonly label?: string | undefined }
const more = ({ onClick, label }: Pick<ButtonProps, "onClick" | "label">): object => ({ ...(onClick === undefined ? {} : { onClick }), ...(label === undefined ? {} : { ariaLabel: label }) });
export const MainButton = ({ children, onClick, disabled, isSubmit, label }: ButtonProps): React.ReactElement => <PrimaryButton type={isSubmit === true ? "submit" : "button"} styles={PRIMARY} disabled={disabled === true} {...more({ onClick, label })}>{children}</PrimaryButton>;
export const SideButton = ({ children, onClick, disabled, label }: ButtonProps): React.ReactElement => <DefaultButton styles={QUIET} disabled={disabled === true} {...more({ onClick, label })}>{children}</DefaultButton>;

export const Waiting = ({ text, more }: { readonly text: string; readonly more?: string | undefined }): React.ReactElement => (
  <div className="cybs-asking" role="status"><Spinner label={text} styles={{ label: { color: "var(--cybs-foreground)", fontSize: 14 } }} />{more === undefined ? null : <p className="cybs-quiet">{more}</p>}</div>
);

interface StoppedProps { readonly text: string; readonly more?: string | undefined; readonly children?: React.ReactNode }
/** Nothing can be done here: why, and the next step. */
export const Stopped = ({ text, more, children }: StoppedProps): React.ReactElement => (
  <div className="cybs-stop" role="alert"><span className="cybs-badge"><Icon name="warning" size={24} /></span><div><p>{text}</p>{more === undefined ? null : <p className="cybs-quiet">{more}</p>}{children}</div></div>
);

export type Tone = "success" | "danger" | "warning" | "quiet";
export const Word = ({ icon, tone, children }: { readonly icon: IconName; readonly tone: Tone; readonly children: React.ReactNode }): React.ReactElement => <span className={`cybs-word cybs-${tone}`}><Icon name={icon} size={18} /> {children}</span>;

export interface Figure { readonly key: string; readonly value: string; readonly isMain?: boolean }
export const Figures = ({ figures }: { readonly figures: readonly Figure[] }): React.ReactElement => (
  <dl className="cybs-figures">{figures.map(({ key, value, isMain }) => <div key={key} className={isMain === true ? "cybs-open" : undefined}><dt>{key}</dt><dd>{value}</dd></div>)}</dl>
);

export interface FactLine { readonly key: string; readonly value: string | undefined }
export const Facts = ({ facts }: { readonly facts: readonly FactLine[] }): React.ReactElement => (
  <dl className="cybs-facts">{facts.filter(({ value }) => value !== undefined && value !== "").map(({ key, value }) => <div key={key}><dt>{key}</dt><dd>{value}</dd></div>)}</dl>
);

interface DetailsProps { readonly words: Words; readonly code: string }
/** The raw code behind a word, with a copy button. */
export function Details({ words, code }: DetailsProps): React.ReactElement {
  const [isCopied, setCopied] = React.useState(false);
  const copy = (): void => { void navigator.clipboard.writeText(code).then(() => { setCopied(true); }, () => undefined); };
  return (
    <details className="cybs-details"><summary>{words.t("Details")}</summary>
      <code>{code}</code> <button type="button" className="cybs-copy" onClick={copy}>{words.t("Copy")}</button> <span role="status" className="cybs-quiet">{isCopied ? words.t("Copied") : ""}</span>
    </details>
  );
}

interface AmountProps { readonly id: string; readonly label: string; readonly currency: string; readonly value: string; readonly isWrong: boolean; readonly onChange: (value: string) => void; readonly isDisabled?: boolean; readonly hint?: string | undefined }
export const AmountField = ({ id, label, currency, value, isWrong, onChange, isDisabled, hint }: AmountProps): React.ReactElement => (
  <div className="cybs-field"><label htmlFor={id}>{label}</label>
    <span className="cybs-amount"><input id={id} inputMode="decimal" autoComplete="off" value={value} disabled={isDisabled === true} aria-invalid={isWrong} aria-describedby={`${id}-error`} onChange={(event) => { onChange(event.target.value); }} /> <span>{currency}</span></span>
    {hint === undefined ? null : <span className="cybs-quiet">{hint}</span>}
  </div>
);

/** Space is kept for the sentence, so that nothing moves under the mouse. */
export const ErrorLine = ({ id, text }: { readonly id: string; readonly text: string | undefined }): React.ReactElement => <p className="cybs-error" role="alert" id={`${id}-error`}>{text === undefined ? null : <><Icon name="warning" size={16} /> {text}</>}</p>;
