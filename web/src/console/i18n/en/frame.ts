import type { Words } from "../zh";

/** frameWords are the English words of the frame: menu, sign-in, states, buttons. */
export const frameWords: Pick<
  Words,
  | "title"
  | "bank"
  | "language"
  | "ribbon"
  | "skip"
  | "menu"
  | "nav"
  | "live"
  | "switchPerson"
  | "switchHint"
  | "leave"
  | "roles"
  | "signIn"
  | "state"
  | "act"
  | "fileState"
  | "proposedIn"
  | "kinds"
  | "shipped"
  | "someone"
  | "always"
  | "dayFormat"
  | "dayPick"
> = {
  title: "Console",
  bank: "Demo Bank",
  language: "中文",
  ribbon: "Demo",
  skip: "Skip to content",
  menu: "Menu",
  nav: {
    todo: "My work",
    misses: "Unanswered",
    articles: "Knowledge",
    intents: "Intents",
    flows: "Scenes and flows",
    tables: "Tables",
    try: "Try it",
    releases: "Releases",
    employees: "Digital employees",
    audit: "Audit",
    work: "Today",
    content: "Content",
    live: "Going live",
    manage: "Manage",
  },
  live: (id) => `Live ${id}`,
  switchPerson: "Switch person",
  switchHint: "Who proposes can't approve: go on as a colleague",
  leave: "Back to the demo hall",
  roles: { editor: "Content editor", approver: "Approver", admin: "Administrator" },
  signIn: {
    title: "Who are you today?",
    hint: "Nobody approves their own work, so there is more than one colleague here.",
    enter: (name) => `Enter as ${name}`,
    failed: "Could not sign in",
    none: "This is not a demo: sign in through the bank's portal, then open the console.",
    noRight: (name) => `${name} has no right to the console`,
    noRightHint: "Switch to a colleague, or ask the administrator.",
  },
  state: {
    loading: "Loading…",
    failed: "Could not read this",
    retry: "Try again",
    noRight: "Your role can't see this page",
    noRightHint: "Switch to somebody with the right, or ask the administrator.",
    offline: "You are offline. What you have open stays; save when the network is back.",
    crashed: "Something went wrong on this page",
    crashedHint: "Saved drafts are safe. Open the page again.",
    reload: "Open again",
    notFound: "There is no such page",
    home: "Back to my work",
    empty: "Nothing here yet",
  },
  act: {
    edit: "Edit",
    save: "Save draft",
    saving: "Saving…",
    saved: "Draft saved. Customers see nothing until it is published",
    cancel: "Cancel",
    close: "Close",
    confirm: "Confirm",
    remove: "Remove",
    add: "Add",
    discard: "Discard draft",
    discarded: "Draft discarded: back to what is live",
    open: "Open",
    undo: "Undo changes",
    back: "Back",
    more: "Show more",
    copy: "Copy",
    discardAsk: "Discard this draft?",
    discardHint: "It goes back to what is live. The draft can't be recovered.",
    unsaved: "Unsaved changes",
    leaveAsk: "You have unsaved changes that will be lost. Leave?",
    stay: "Stay here",
    leave: "Leave without saving",
    clean: "No unsaved changes",
    readOnly: "Your role can look but not change.",
    toRelease: "Propose a release",
  },
  fileState: { published: "Live", draft: "Draft", new: "New", deleted: "To be deleted" },
  proposedIn: (id) => `Proposed in ${id}`,
  kinds: {
    article: "Article",
    intent: "Intent",
    table: "Table",
    flow: "Scene",
    employee: "Digital employee",
    other: "File",
  },
  shipped: "Shipped content",
  someone: "A release",
  always: "No end",
  dayFormat: "YYYY-MM-DD",
  dayPick: "Pick a day",
};
