// Package flow is the language of scripted business flows: YAML that a diff can
// review, compiled once into a Flow whose expressions and templates are typed
// and bounded. It knows no bank, no conversation and no channel; what a flow
// asks for is carried out by assistant/dialogue. docs/flows.md describes the
// language for those who write it.
//
// Invariants that Parse enforces, so that nobody who runs a flow has to:
//
//   - every step, slot and result a flow names exists, and every step can be reached;
//   - every sentence a customer may read exists in Chinese and in English;
//   - no path reaches an irreversible call without the confirm step that reads
//     it back, nor, from level L2 up, without the step-up bound to it;
//   - no cycle of steps can run without waiting for somebody.
package flow
