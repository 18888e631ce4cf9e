package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"

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
	// keyEvery is how old a picture's newest key frame may get while it is recorded.
	keyEvery = 4 * time.Second
	// factWithin is how long a fact may wait for the disk: the session waits too.
	factWithin = 2 * time.Second
)

const notRecorded = "录制没有成功，会话照常进行，但不会留存 / the recording did not work; the session goes on unrecorded"

// record takes a person's word. The recording runs while both have agreed: it
// begins with the second consent. A refusal, or one taken back, ends it and the
// asking: both are asked anew.
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
	if x.consents[role] == body.Consent && (body.Consent || len(x.consents) == 0) {
		x.tellRecord("")
		return nil
	}
	if err := x.say(ctx, note{"record.consent", role, map[string]any{"given": body.Consent}}); err != nil {
		return err
	}
	x.consents[role] = true
	if !body.Consent { // who refuses is asked again before anything is recorded
		clear(x.consents)
	}
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
	chat := x.service.chat(ctx, x.row, -1)
	rec, err := x.service.config.Recorder.start(ctx, x.row, chat.Form)
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
		"present": x.present(), "links": x.links, "sharing": x.row.Sharing, "paused": x.paused,
	})
	x.keepReview(ctx)
	x.service.follow(ctx, rec, x.row, chat)
	if err := rec.log.Seal(ctx); rec.log.Err() != nil {
		x.recordFailed(ctx, err)
		return
	} else if err != nil { // it is on the disk, and anchored within the next seconds
		x.warn("seal a recording", err)
	}
	x.warn("note a recording", x.say(ctx, note{"record.started", "system", map[string]any{"segment": rec.segment}}))
	x.warn("ask for key frames", x.mediaError(x.service.config.Media.Refresh(x.id(), 0)))
	x.tellRecord("")
}

// stopRecording seals what there is. What can't be sealed now is by recovery.
func (x *session) stopRecording(ctx context.Context, by string) {
	rec := x.recording
	if rec == nil {
		return
	}
	x.recording = nil
	if rec.unfollow != nil {
		rec.unfollow()
	}
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

// checkRecording notices a recording that has ended by itself, and keeps key
// frames coming: who plays it later can begin, and go on after a loss, only there.
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
		x.warn("ask for key frames", x.mediaError(x.service.config.Media.Refresh(x.id(), keyEvery)))
	}
}

// Record puts something into the recording of a session: a script step, a line of
// the chat, a disclosure, a still, a signature. Without a recording, which needs
// consent, nothing is kept and that is no error. A session of another node gets it
// over the bus; what is lost there is still in the tables it comes from.
func (s *Service) Record(ctx context.Context, id string, kind evidence.Kind, body json.RawMessage) error {
	if s.config.Recorder == nil {
		return nil
	}
	if s.local(id) != nil {
		return s.config.Recorder.add(ctx, id, kind, body)
	}
	key, err := uuid.Parse(id)
	if err != nil {
		return assistant.ErrNotFound
	}
	r, err := one[row](ctx, s.store, "Read", key)
	if err != nil {
		return err
	}
	if s.config.Bus == nil || r.State != "live" || r.Node == s.config.Node {
		return nil
	}
	raw, err := json.Marshal(inbound{Session: id, Fact: &fact{kind, body}})
	if err != nil {
		return fmt.Errorf("record a %s: %w", kind, err)
	}
	s.config.Bus.Publish(subjectIn+r.Node, raw)
	return nil
}

// recordReview puts what was done with a check list into the recording of the
// conversation's session.
func (s *Service) recordReview(ctx context.Context, conversation uuid.UUID, kind evidence.Kind, event, by string, detail map[string]any) {
	if s.config.Recorder == nil {
		return
	}
	r, err := one[row](ctx, s.store, "OpenOf", conversation)
	if err != nil {
		if !errors.Is(err, assistant.ErrNotFound) {
			s.warn("record a review", err)
		}
		return
	}
	body := maps.Clone(detail)
	body["event"], body["by"] = event, by
	raw, err := json.Marshal(body)
	if err == nil {
		err = s.Record(ctx, r.ID.String(), kind, raw)
	}
	s.warn("record a review", err)
}
