package demo

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/wire"
)

// Remote is the desk's side of sessions and reviews, as internal/remote gives it.
type Remote interface {
	Board(ctx context.Context, agent string) []wire.Review
	Review(ctx context.Context, conversation uuid.UUID, agent string) *wire.Review
	Take(ctx context.Context, id, agent string) error
	Tick(ctx context.Context, id, agent, item, state, note string) error
	Show(ctx context.Context, id, agent, item string) error
	Decide(ctx context.Context, id, agent, outcome, reason string) error
	Offer(ctx context.Context, conversation uuid.UUID, agent string) (wire.Session, error)
	Session(ctx context.Context, conversation uuid.UUID) *wire.Session
	Signal(ctx context.Context, session, agent string, s wire.Signal) error
}

// tickNote stands beside every item that a scripted colleague ticks.
const tickNote = "脚本坐席（演示）"

// Serving is what the stand-in is on duty for: every queue, so that each assisted
// scene can be tried alone.
func (s Staff) Serving(today time.Time) handoff.Profile {
	p := s.Profile(today)
	for _, q := range handoff.DefaultQueues() {
		p.Skills = append(p.Skills, q.Skill)
		for _, name := range q.Certificates {
			p.Certificates = append(p.Certificates, handoff.Certificate{Name: name})
		}
	}
	return p
}

// check works through what a flow asked for in a session: greets, meets the
// customer where that is asked for, reads what must be read and waits for the
// answers, ticks, decides and hands back.
func (s *StandIn) check(ctx context.Context, seat *handoff.Seat, look *assistant.Look, h handoff.Handoff, r *wire.Review) error {
	limited, cancel := context.WithTimeout(ctx, 5*s.Patience)
	defer cancel()
	agent := s.Profile.Agent
	for n, line := range s.checkLines(h, r) {
		if _, err := say(limited, look, fmt.Sprintf("standin:%s:%d", h.ID, n), line); err != nil {
			return err
		}
	}
	outcome, err := s.work(limited, h, r)
	if err != nil && ctx.Err() == nil {
		s.Log.Warn("the scripted agent could not finish a check", "conversation", h.Conversation, "error", err)
		outcome = "failed"
	}
	last, stop := context.WithTimeout(ctx, 2*tickEvery)
	defer stop()
	if err := s.Remote.Decide(last, r.ID, agent, outcome, ""); err != nil {
		s.Log.Info("the check was over before the scripted agent decided", "conversation", h.Conversation, "error", err)
	}
	return s.handBack(ctx, seat, h.ID, "演示坐席："+outcome)
}

// work is the session itself; its outcome is passed, or failed where the customer
// did not come or did not answer.
func (s *StandIn) work(ctx context.Context, h handoff.Handoff, r *wire.Review) (string, error) {
	agent, session := s.Profile.Agent, ""
	if r.Medium != "" && r.Medium != "chat" {
		offered, err := s.Remote.Offer(ctx, h.Conversation, agent)
		if err != nil {
			return "", err
		}
		session = offered.ID
		met, err := s.within(ctx, s.Patience, session, func() (bool, error) {
			now := s.Remote.Session(ctx, h.Conversation)
			if now == nil {
				return false, fmt.Errorf("session %s: %w", session, handoff.ErrGone)
			}
			return now.State == "live", nil
		})
		if err != nil || !met {
			return "failed", err
		}
	}
	for _, it := range r.Items {
		if r.Role == "double_record" {
			if err := s.Remote.Show(ctx, r.ID, agent, it.ID); err != nil {
				return "", err
			}
			heard, err := s.within(ctx, s.Patience, session, func() (bool, error) { return s.answered(ctx, h, r, it.ID) })
			if err != nil || !heard {
				return "failed", err
			}
		} else if _, err := s.within(ctx, s.Pace, session, func() (bool, error) { return false, nil }); err != nil {
			return "", err
		}
		if err := s.Remote.Tick(ctx, r.ID, agent, it.ID, "ok", tickNote); err != nil {
			return "", err
		}
	}
	return "passed", nil
}

// answered says whether the customer has understood what is shown; what was not
// is shown again.
func (s *StandIn) answered(ctx context.Context, h handoff.Handoff, r *wire.Review, item string) (bool, error) {
	now := s.Remote.Review(ctx, h.Conversation, s.Profile.Agent)
	if now == nil {
		return false, handoff.ErrNotYours
	}
	for _, it := range now.Items {
		if it.ID != item {
			continue
		}
		if it.Answer == "no" {
			return false, s.Remote.Show(ctx, r.ID, s.Profile.Agent, item)
		}
		return it.Answer == "yes", nil
	}
	return false, nil
}

// within looks twice a second until it is so or the time is over, and keeps the
// session alive meanwhile.
func (s *StandIn) within(ctx context.Context, length time.Duration, session string, so func() (bool, error)) (bool, error) {
	over := time.NewTimer(length)
	defer over.Stop()
	ticker := time.NewTicker(tickEvery / 2)
	defer ticker.Stop()
	here := wire.Signal{Kind: "state", Body: `{"action":"here"}`}
	for n := 0; ; n++ {
		if yes, err := so(); yes || err != nil {
			return yes, err
		}
		if session != "" && n%20 == 0 {
			_ = s.Remote.Signal(ctx, session, s.Profile.Agent, here) // an ended session is seen by what is waited for
		}
		select {
		case <-ticker.C:
		case <-over.C:
			return false, nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

func (s *StandIn) checkLines(h handoff.Handoff, r *wire.Review) []string {
	meet := r.Medium != "" && r.Medium != "chat"
	if h.Locale == "en" {
		lines := []string{"Hello, this is " + s.Profile.Name + ", no. " + s.Profile.Number + " (a scripted agent of this demo). I am here for: " + r.Title + "."}
		if meet {
			lines = append(lines, "Please accept the invitation on your screen when the four digits are the same. Nobody of us asks for PINs or codes.")
		}
		return lines
	}
	lines := []string{"您好，我是坐席" + s.Profile.Name + "，工号" + s.Profile.Number + "（演示环境的脚本坐席），来办“" + r.Title + "”。"}
	if meet {
		lines = append(lines, "请在屏幕上核对四位口令，一致就点“接受”。我们不会索要密码和验证码。")
	}
	return lines
}

// Reviewer is the scripted second person: it takes reviews without media that
// nobody has taken for After, checks them and lets them pass. Of Agents the first
// who had no hand in it does so.
type Reviewer struct {
	Remote Remote
	Agents []string
	Log    *slog.Logger
	Clock  func() time.Time
	// After is how long a review waits for a person (15 s), Pace is how long one
	// item takes (1 s).
	After, Pace time.Duration
}

// Run works until ctx ends.
func (v *Reviewer) Run(ctx context.Context) error {
	if v.After == 0 {
		v.After = 15 * time.Second
	}
	if v.Pace == 0 {
		v.Pace = time.Second
	}
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	var working sync.WaitGroup
	defer working.Wait()
	mine := sync.Map{}
	for {
		for _, agent := range v.Agents {
			for _, r := range v.Remote.Board(ctx, agent) {
				if r.State == "waiting" && v.Clock().Sub(r.Since) >= v.After && !r.Barred && v.Remote.Take(ctx, r.ID, agent) == nil {
					r.Mine = true
				}
				if _, has := mine.Load(r.ID); !r.Mine || has {
					continue
				}
				mine.Store(r.ID, true)
				working.Go(func() {
					defer mine.Delete(r.ID)
					if err := v.check(ctx, r, agent); err != nil && ctx.Err() == nil {
						v.Log.Info("a review was over before the scripted colleague decided", "review", r.ID, "error", err)
					}
				})
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (v *Reviewer) check(ctx context.Context, r wire.Review, agent string) error {
	pace := time.NewTicker(v.Pace)
	defer pace.Stop()
	for _, it := range r.Items {
		select {
		case <-pace.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err := v.Remote.Tick(ctx, r.ID, agent, it.ID, "ok", tickNote); err != nil {
			return err
		}
	}
	return v.Remote.Decide(ctx, r.ID, agent, "passed", "")
}
