package dialogue

// The kinds of Note.
const (
	NoteStarted     = "flow.started"
	NoteFinished    = "flow.finished"  // Text: done, refused, …
	NoteCancelled   = "flow.cancelled" // Text: why
	NoteSuspended   = "flow.suspended"
	NoteResumed     = "flow.resumed"
	NoteStep        = "flow.step"  // a step was come to; Text: skipped where its condition did not hold
	NoteStuck       = "flow.stuck" // a flow that went round; an operator should look
	NoteSlot        = "slot"       // Text: the slot's name
	NoteSlotRefused = "slot.refused"
	NoteCorrected   = "slot.corrected"
	NoteConfirmed   = "confirmed" // Text: the argument hash
	NoteActed       = "acted"     // Text: the argument hash
	NoteActionDone  = "action.done"
	NoteAnswered    = "answered" // Text: the article
	NoteMiss        = "miss"     // Text: the question
	NoteAlarm       = "alarm"    // Text: which
	NoteIntent      = "intent"   // Text: the intent taken up
	NoteStale       = "stale"    // something came that is settled already
	NoteSilent      = "silent"   // nothing is said while an agent speaks
	NoteEmployee    = "employee" // Text: who serves now
	NoteDismissed   = "need.dismissed"
	NoteLocked      = "locked"  // Text: until when
	NoteOutside     = "outside" // Text: what came from outside
	NoteBlocked     = "blocked" // Text: why a word from outside does not count
	NoteRisk        = "risk"    // Text: the risk service's verdict and its code
	NoteWatched     = "watched" // a confirmation that must be made alone was not taken
)
