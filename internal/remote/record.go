package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media/evidence"
)

// recordBody: both → server their word on being recorded, server → both what came
// of it.
type recordBody struct {
	Consent bool            `json:"consent,omitempty"`
	Given   map[string]bool `json:"given,omitempty"` // customer, agent
	On      bool            `json:"on,omitempty"`
	Reason  string          `json:"reason,omitempty"` // why not, for people
}

const (
	// closeWithin bounds the last seal of a recording.
	closeWithin = 5 * time.Second
	// factWithin is how long a fact may wait for the disk: the session waits too.
	factWithin = 2 * time.Second
)

const notRecorded = "录制没有成功，会话照常进行，但不会留存 / the recording did not work; the session goes on unrecorded"

// record takes a person's word. The recording runs while both have agreed: it
// begins with the second consent, and the first one taken back ends it.
func (x *session) record(ctx context.Context, role string, frame wire.Signal) error {
	body, err := read[recordBody](frame)
	if err != nil {
		return err
	}
	if body.Given != nil || body.On || body.Reason != "" {
		return bad("只能表示同意或不同意", "a client sends consent only")
	}
	if x.service.config.Recorder == nil {
		return bad("本系统没有开启录制", "this installation does not record")
	}
	if x.consents[role] == body.Consent {
		x.tellRecord("")
		return nil
	}
	if err := x.say(ctx, note{"record.consent", role, map[string]any{"given": body.Consent}}); err != nil {
		return err
	}
	x.consents[role] = body.Consent
	switch {
	case x.recording != nil:
		x.keep(ctx, evidence.KindConsent, consentFact(role, body.Consent))
		x.stopRecording(ctx, role)
	case x.consents[roleCustomer] && x.consents[roleAgent]:
		x.startRecording(ctx)
		return nil
	}
	x.tellRecord("")
	return nil
}

func consentFact(by string, given bool) map[string]any {
	return map[string]any{"by": by, "to": "recording", "given": given}
}

func (x *session) say(ctx context.Context, event note) error {
	_, err := x.service.store.exec(ctx, x.row, x.service.config.Clock(), event, "")
	return err
}

// startRecording begins a segment: the consents first, then what the session is
// at this moment. Nothing was kept before.
func (x *session) startRecording(ctx context.Context) {
	rec, err := x.service.config.Recorder.start(ctx, x.row)
	if err != nil {
		x.recordFailed(ctx, err)
		return
	}
	x.recording = rec
	for _, role := range []string{roleCustomer, roleAgent} {
		x.keep(ctx, evidence.KindConsent, consentFact(role, true))
	}
	x.keep(ctx, evidence.KindState, map[string]any{
		"event": "recording", "by": "system", "conversation": x.row.Conversation, "agent": x.row.Agent, "code": x.row.Code,
		"present": x.row.Present, "sharing": x.row.Sharing, "paused": x.paused,
	})
	if err := rec.log.Seal(ctx); err != nil {
		x.recordFailed(ctx, err)
		return
	}
	x.warn("note a recording", x.say(ctx, note{"record.started", "system", map[string]any{"segment": rec.segment}}))
	x.warn("ask for key frames", x.mediaError(x.service.config.Media.Refresh(x.id())))
	x.tellRecord("")
}

// stopRecording seals what there is. What can't be sealed now is by recovery.
func (x *session) stopRecording(ctx context.Context, by string) {
	rec := x.recording
	if rec == nil {
		return
	}
	x.recording = nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	if err := x.service.config.Recorder.stop(ctx, rec); err != nil {
		x.warn("end a recording", err)
		x.warn("give a recording its end", x.service.config.Recorder.abandoned(ctx, rec))
	}
	x.warn("note a recording", x.say(ctx, note{"record.stopped", by, map[string]any{"segment": rec.segment}}))
}

// recordFailed ends a recording that can't go on and tells both.
func (x *session) recordFailed(ctx context.Context, err error) {
	x.warn("record a session", err)
	x.stopRecording(ctx, "system")
	clear(x.consents)
	x.warn("note a recording", x.say(ctx, note{"record.failed", "system", map[string]any{"cause": clip(err.Error())}}))
	x.tellRecord(notRecorded)
}

func (x *session) warn(what string, err error) {
	if err != nil {
		x.service.warn(what, fmt.Errorf("session %s: %w", x.id(), err))
	}
}

func (x *session) tellRecord(reason string) {
	x.send("", "record", recordBody{Given: maps.Clone(x.consents), On: x.recording != nil, Reason: reason})
}

// keep puts a fact into the recording, if there is one.
func (x *session) keep(ctx context.Context, kind evidence.Kind, body any) {
	if x.recording == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, factWithin)
	defer cancel()
	if err := x.recording.fact(ctx, kind, body); err != nil {
		x.recordFailed(context.WithoutCancel(ctx), err)
	}
}

// keepEvent puts a line of the session's record into the recording too.
func (x *session) keepEvent(ctx context.Context, event note) {
	if x.recording == nil || event.kind == "" {
		return
	}
	body := maps.Clone(event.detail)
	if body == nil {
		body = map[string]any{}
	}
	body["event"], body["by"] = event.kind, event.by
	x.keep(ctx, evidence.KindState, body)
}

// checkRecording notices a recording that has ended by itself.
func (x *session) checkRecording(ctx context.Context) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.recording == nil {
		return
	}
	select {
	case <-x.recording.log.Done():
		x.recordFailed(ctx, errors.Join(x.recording.log.Err(), evidence.ErrEnded))
	default:
	}
}

// Record puts something into the recording of a session of this node: a script
// step, a line of the chat, a disclosure, a still, a signature. Without a
// recording, which needs consent, nothing is kept and that is no error.
// assistant.ErrNotFound is given for a session that isn't open here.
func (s *Service) Record(ctx context.Context, id string, kind evidence.Kind, body json.RawMessage) error {
	x := s.local(id)
	if x == nil {
		return assistant.ErrNotFound
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.keep(ctx, kind, body)
	return nil
}
