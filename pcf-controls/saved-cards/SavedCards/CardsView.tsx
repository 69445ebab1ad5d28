// The saved cards of a customer as people see them: which is the default, which has expired, and what can be done with each.
import * as React from "react";
import { Icon, MainButton, Panel, SideButton, Stopped, useStore, Waiting, type Words } from "@cybs/controls-shared";
import type { CardsActions } from "./actions";
import { cardName, isBusy, isPreferable, type Card, type CardAction, type CardsState } from "./state";

interface Props { readonly actions: CardsActions; readonly state: CardsState; readonly words: Words }
const DONE: Readonly<Record<CardAction, string>> = { default: "Done_default", rename: "Done_rename", remove: "Done_remove", confirm: "Done_confirm" };

const BUTTONS: Readonly<Record<CardAction, string>> = { default: "MakeDefault", rename: "SaveName", remove: "RemoveCard", confirm: "ConfirmCard" };

export function CardsView({ actions, variables }: { readonly actions: CardsActions; readonly variables: Record<string, string> }): React.ReactElement {
  const state = useStore(actions.store);
  const { words } = actions;
  return (
    <Panel name="cards" words={words} variables={variables} label={words.t("SavedCards")}>
      {state.phase === "loading" ? <Waiting text={words.t("Loading")} /> : null}
      {state.phase === "stopped" ? <Stopped text={words.t(state.stopKey)}><SideButton onClick={() => { void actions.start(); }}>{words.t("LookAgain")}</SideButton></Stopped> : null}
      {state.phase === "ready" ? <Ready actions={actions} state={state} words={words} /> : null}
    </Panel>
  );
}

function Ready({ actions, state, words }: Props): React.ReactElement {
  return (
    <>
      <p className="cybs-head"><strong>{state.customerName}</strong><span role="status" className="cybs-success">{state.done === undefined ? "" : words.t(DONE[state.done])}</span></p>
      {state.cards.length === 0 ? <p>{words.t("NoCards")}</p> : <ul>{state.cards.map((card) => <CardLine key={card.id} actions={actions} state={state} words={words} card={card} />)}</ul>}
      {state.mayChange || state.mayConfirm ? null : <p className="cybs-quiet">{words.t("NoPrivilege")}</p>}
    </>
  );
}

function CardLine({ actions, state, words, card }: Props & { readonly card: Card }): React.ReactElement {
  const work = state.work?.cardId === card.id ? state.work : undefined;
  const isLocked = isBusy(state) || !state.mayChange;
  const name = cardName(card);
  return (
    <li aria-label={name}>
      <div className="cybs-head">
        <span className={card.isActive && !card.isExpired ? "" : "cybs-gone"}><span className="cybs-brand">{card.brand} <span className="cybs-digits">•••• {card.lastFour}</span></span>{card.nickname === "" ? "" : ` · ${card.nickname}`}</span>
        <span>{card.isDefault ? <span className="cybs-chip">{words.t("Default")}</span> : null} <span className="cybs-quiet">{words.t(card.isExpired ? "ExpiredOn" : "ExpiresOn", card.expiry)}</span></span>
      </div>
      {card.needsMergeConsent ? <p className="cybs-warning"><Icon name="warning" size={16} /> {words.t("MergeToConfirm")}</p> : null}
      {work === undefined || work.step === "asking" && work.action === "default" ? (
        <div className="cybs-tools">
          {card.needsMergeConsent && state.mayConfirm ? <SideButton disabled={isBusy(state)} label={words.t("ConfirmOf", name)} onClick={() => { actions.begin(card, "confirm"); }}>{words.t("Confirm")}</SideButton> : null}
          {isPreferable(card) ? <SideButton disabled={isLocked} label={words.t("MakeDefaultOf", name)} onClick={() => { actions.begin(card, "default"); }}>{words.t("MakeDefault")}</SideButton> : null}
          {card.needsMergeConsent ? null : <SideButton disabled={isLocked} label={words.t("RenameOf", name)} onClick={() => { actions.begin(card, "rename"); }}>{words.t("Rename")}</SideButton>}
          <SideButton disabled={isLocked} label={words.t("RemoveOf", name)} onClick={() => { actions.begin(card, "remove"); }}>{words.t("Remove")}</SideButton>
        </div>
      ) : <Work actions={actions} state={state} words={words} card={card} />}
    </li>
  );
}

function Work({ actions, state, words, card }: Props & { readonly card: Card }): React.ReactElement | null {
  const { work } = state;
  if (work === undefined) return null;
  if (work.step === "sending" || work.step === "waiting") return <p role="status" className="cybs-quiet">{words.t("Asking")}</p>;
  const isRename = work.action === "rename";
  const isTyped = isRename || work.action === "confirm";
  return (
    <form onSubmit={(event) => { event.preventDefault(); void actions.send(); }}>
      {work.action === "confirm" ? <div className="cybs-way cybs-limit"><Icon name="warning" size={18} /><p>{words.t("ConfirmText", cardName(card), state.customerName)}</p></div> : null}
      {isTyped ? <div className="cybs-field"><label htmlFor={`cybs-name-${card.id}`}>{words.t(isRename ? "NewName" : "Why")}</label><input id={`cybs-name-${card.id}`} autoFocus maxLength={isRename ? 100 : 2_000} value={state.typed} onChange={(event) => { actions.edit(event.target.value); }} /></div> : null}
      {work.action === "remove" ? <div className="cybs-way cybs-limit"><Icon name="warning" size={18} /><p>{words.t("RemoveText", cardName(card))}</p></div> : null}
      <p className="cybs-error" role="alert">{work.text ?? ""}</p>
      <div className="cybs-tools"><MainButton isSubmit disabled={isTyped && state.typed.trim() === ""}>{words.t(BUTTONS[work.action])}</MainButton><SideButton onClick={() => { actions.cancel(); }}>{words.t("Keep")}</SideButton></div>
    </form>
  );
}
