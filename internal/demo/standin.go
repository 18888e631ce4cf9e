package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/handoff"
)

// StandIn is the scripted agent for a visitor who is alone in the hall: it is on
// duty but never rung, takes who waits for longer than After, says two polite
// lines and hands back after the customer's answer or Patience. On several nodes
// it is one and the same agent: what it says has the handoff's id, so that it is
// said once.
type StandIn struct {
	Engine  *assistant.Engine
	Desk    *handoff.Desk
	Profile handoff.Profile
	// Remote is nil where the stand-in only talks; with it sessions that flows ask
	// for are worked through.
	Remote Remote
	Log    *slog.Logger
	Clock  func() time.Time
	// After is how long a customer waits before the stand-in comes (20 s).
	After time.Duration
	// Patience is how long it waits for an answer (60 s).
	Patience time.Duration
	// Pace is how long it takes over one item of a check list (1.2 s).
	Pace time.Duration
}

const tickEvery = time.Second

// Run works until ctx ends.
func (s *StandIn) Run(ctx context.Context) error {
	if s.After == 0 {
		s.After = 20 * time.Second
	}
	if s.Patience == 0 {
		s.Patience = time.Minute
	}
	if s.Pace == 0 {
		s.Pace = 1200 * time.Millisecond
	}
	if s.Clock == nil {
		s.Clock = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	changed := make(chan struct{}, 1)
	seat, err := s.enter(ctx, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return nil // it ended while the database was away
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), tickEvery)
		defer cancel()
		seat.Leave(last)
	}()
	var cases sync.WaitGroup
	defer cases.Wait()
	ended := make(chan uuid.UUID)
	serving := map[uuid.UUID]bool{}
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		now := seat.Now()
		for _, h := range now.Waiting {
			if h.State != handoff.StateQueued || s.Clock().Sub(h.Since) < s.After {
				continue
			}
			_, err := seat.Accept(ctx, h.ID)
			if errors.Is(err, handoff.ErrFull) {
				break
			}
			if errors.Is(err, handoff.ErrOffDuty) { // the database was away for longer than the lease
				_ = seat.Presence(ctx, handoff.PresenceBusy)
			}
		}
		for _, h := range seat.Now().Owned {
			if serving[h.ID] {
				continue
			}
			serving[h.ID] = true
			cases.Go(func() {
				if err := s.serve(ctx, seat, h); err != nil && ctx.Err() == nil {
					s.Log.Warn("the scripted agent could not serve to the end", "conversation", h.Conversation, "error", err)
				}
				select {
				case ended <- h.ID:
				case <-ctx.Done():
				}
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-changed:
		case id := <-ended:
			delete(serving, id)
		}
	}
}

// enter sits down, again and again while the database is away.
func (s *StandIn) enter(ctx context.Context, changed func()) (*handoff.Seat, error) {
	for {
		seat, err := s.Desk.Join(ctx, s.Profile, changed)
		if err == nil {
			if err = seat.Presence(ctx, handoff.PresenceBusy); err == nil {
				return seat, nil
			}
			seat.Leave(ctx)
		}
		s.Log.Warn("the scripted agent can't sit down yet", "error", err)
		timer := time.NewTimer(tickEvery)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		case <-timer.C:
		}
	}
}

// serve speaks with one customer and hands back.
func (s *StandIn) serve(ctx context.Context, seat *handoff.Seat, h handoff.Handoff) error {
	look, err := s.Engine.LookIn(ctx, s.Profile.Agent, "own", h.Conversation)
	if err != nil {
		return err
	}
	watch := s.Engine.Hub().Watch(h.Conversation)
	defer watch.Close()
	limited, cancel := context.WithTimeout(ctx, s.Patience)
	defer cancel()
	mine := func() (bool, error) {
		standing, err := look.Standing(limited)
		return err == nil && standing.Speaker == "agent" && standing.Agent == s.Profile.Agent, err
	}
	if err := until(limited, watch.C, mine); err != nil {
		return fmt.Errorf("join the conversation: %w", err)
	}
	if s.Remote != nil {
		if r := s.Remote.Review(limited, h.Conversation, s.Profile.Agent); r != nil && r.Kind == "session" && r.State != "ended" {
			return s.check(ctx, seat, look, h, r)
		}
	}
	var last int64
	for n, line := range s.lines(h) {
		if last, err = say(limited, look, fmt.Sprintf("standin:%s:%d", h.ID, n), line); err != nil {
			return err
		}
	}
	answered := func() (bool, error) {
		messages, err := look.Messages(limited, last, 50)
		if err != nil {
			return false, err
		}
		for _, m := range messages {
			if m.Author == "customer" {
				return true, nil
			}
		}
		return false, nil
	}
	// Without an answer the time simply runs out.
	if err := until(limited, watch.C, answered); err != nil && limited.Err() == nil {
		return err
	}
	return s.handBack(ctx, seat, h.ID, "演示坐席：已答复，交还数字员工")
}

// handBack gives a conversation back and writes it up at once: who tries the
// product alone waits for no colleague who only pretends to write.
func (s *StandIn) handBack(ctx context.Context, seat *handoff.Seat, id uuid.UUID, note string) error {
	if err := seat.HandBack(ctx, id, note); err != nil {
		return err
	}
	return seat.WrapUp(ctx, id, []string{"demo"}, "")
}

// lines are what the scripted agent says.
func (s *StandIn) lines(h handoff.Handoff) []string {
	step := h.View.FlowTitle
	if h.Locale == "en" {
		about := "What you told my digital colleague is here, nothing has to be repeated."
		if step != "" {
			about = "I can see where you are: " + step + ". Nothing has to be repeated."
		}
		return []string{
			"Hello, this is " + s.Profile.Name + ", no. " + s.Profile.Number + " (a scripted agent of this demo). " + about,
			"How may I help? When you have answered I hand you back and everything goes on where it stopped.",
		}
	}
	about := "您刚才说的我都看到了，不用再讲一遍。"
	if step != "" {
		about = "您正在办“" + step + "”，填过的都在，不用再讲一遍。"
	}
	return []string{
		"您好，我是坐席" + s.Profile.Name + "，工号" + s.Profile.Number + "（演示环境的脚本坐席）。" + about,
		"您慢慢说，我在听。您回一句，我就把会话交还给数字员工，接着刚才那一步办。",
	}
}

// say says one line and waits until it is said; seq is where it stands.
func say(ctx context.Context, look *assistant.Look, id, text string) (int64, error) {
	type outcome struct {
		receipt assistant.Receipt
		err     error
	}
	done := make(chan outcome, 1)
	err := look.Say(ctx, assistant.Input{ID: id, Body: assistant.AgentMessage{Text: text}}, assistant.Watcher{
		Done: func(r assistant.Receipt, err error) { done <- outcome{r, err} },
	})
	if err != nil {
		return 0, err
	}
	select {
	case out := <-done:
		if out.err != nil || out.receipt.Turn != 0 {
			return out.receipt.LastSeq, out.err
		}
		// Another node says it; what stands now is before it.
		standing, err := look.Standing(ctx)
		return standing.LastSeq, err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// until looks again at each wake until it is so.
func until(ctx context.Context, wake <-chan struct{}, so func() (bool, error)) error {
	for {
		yes, err := so()
		if yes || err != nil {
			return err
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
