// Package dialogue decides what a conversation does next. It is pure: Step takes
// the released content, the state so far and one event, and returns the new state
// and the effects that the engine carries out. It reads no clock, no database and
// no network: what it has to know comes in the Context, and what it asks for (a
// Fetch, a Search) comes back as an event. The same arguments always give the same
// state and effects, so a turn that was cut off can be decided again.
package dialogue
