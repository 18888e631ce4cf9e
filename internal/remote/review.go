package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media/evidence"
)

// Limits of what a reviewer writes, in characters.
const (
	noteMax   = 300
	reasonMin = 2
	reasonMax = 300
)

// The errors of a review beside those of the engine. Channels turn each into words.
var (
	// ErrSamePerson: who had a hand in it may not authorise it (经办与授权分离).
	ErrSamePerson = fmt.Errorf("%w: 您经办过这一笔，要由另一位同事授权 / you had a hand in this: another colleague must decide", assistant.ErrBadInput)
	// ErrHeld: another member of staff works on it.
	ErrHeld = fmt.Errorf("%w: 已由其他同事在审 / another colleague works on it", assistant.ErrConflict)
)

// Take takes a review that waits on the board.
func (s *Service) Take(ctx context.Context, id, agent string) error {
	return s.staff(ctx, id, agent, func(ctx context.Context, tx pgx.Tx, c *changing) error {
		switch {
		case c.q.Kind != "review":
			return bad("远程会话由接起客户的坐席审核", "a session is worked on by who has accepted its customer")
		case c.q.State == stateTaken && c.q.Agent == agent:
			return nil
		case c.q.State == stateTaken:
			return ErrHeld
		case c.q.State != stateWaiting:
			return assistant.ErrNotFound
		}
		if ok, err := s.mayDecide(ctx, tx, c.q, agent); err != nil || !ok {
			return errors.Join(err, unless(ok))
		}
		s.taken(c, agent)
		return nil
	})
}

func unless(ok bool) error {
	if ok {
		return nil
	}
	return ErrSamePerson
}

// Leave puts a review back on the board.
func (s *Service) Leave(ctx context.Context, id, agent string) error {
	return s.own(ctx, id, agent, func(_ context.Context, _ pgx.Tx, c *changing) error {
		if c.q.Kind != "review" {
			return bad("远程会话请用交还", "a session is left by handing the customer back")
		}
		c.drop()
		return nil
	})
}

// Tick marks an item of the check list: ok, no, or open again.
func (s *Service) Tick(ctx context.Context, id, agent, name, state, note string) error {
	if !slices.Contains([]string{"open", "ok", "no"}, state) {
		return bad("没有这种标记", "state is open, ok or no")
	}
	if utf8.RuneCountInString(note) > noteMax {
		return bad(fmt.Sprintf("备注最多 %d 字", noteMax), fmt.Sprintf("a note has at most %d characters", noteMax))
	}
	return s.own(ctx, id, agent, func(ctx context.Context, tx pgx.Tx, c *changing) error {
		it := c.item(name)
		if it == nil {
			return bad("清单里没有这一项", "the check list has no item "+name)
		}
		if state == "ok" && it.Answer == "no" {
			return bad("客户答了“没听懂”，请再念一遍："+it.ZH, "the customer has not understood it, read it again: "+it.EN)
		}
		at, by := &c.now, agent
		if state == "open" {
			at, by = nil, ""
		}
		c.note("review.item", agent, map[string]any{"item": name, "state": state})
		_, err := tx.Exec(ctx, s.store.queries.Text("TickItem"), c.q.ID, name, state, by, at, note)
		return err
	})
}

// Show puts the words of an item before the customer, who answers them; an empty
// name takes them away.
func (s *Service) Show(ctx context.Context, id, agent, name string) error {
	var shown map[string]any // what is read aloud now
	var conversation uuid.UUID
	err := s.own(ctx, id, agent, func(ctx context.Context, tx pgx.Tx, c *changing) error {
		if c.q.Kind != "session" {
			return bad("客户不在场，不能念给客户", "the customer is not there: only in a session")
		}
		if name != "" && c.item(name) == nil {
			return bad("清单里没有这一项", "the check list has no item "+name)
		}
		c.q.Showing = name
		if name == "" {
			return nil
		}
		it := c.item(name)
		shown, conversation = map[string]any{"item": name, "zh": it.ZH, "en": it.EN}, c.q.Conversation
		_, err := tx.Exec(ctx, s.store.queries.Text("ShowItem"), c.q.ID, name, c.now)
		return err
	})
	if err == nil && shown != nil {
		s.recordReview(ctx, conversation, evidence.KindDisclosure, "review.read", agent, shown)
	}
	return err
}

// Decide gives the verdict: passed, refused (with a reason), unsafe or failed.
// Passed does not stand while a mandatory item is not ok, nor without the customer
// having been met where the flow asked for voice or video.
func (s *Service) Decide(ctx context.Context, id, agent, outcome, reason string) error {
	if !slices.Contains([]string{outcomePassed, outcomeRefused, outcomeUnsafe, outcomeFailed}, outcome) {
		return bad("没有这种结论", "outcome is passed, refused, unsafe or failed")
	}
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n > reasonMax || outcome == outcomeRefused && n < reasonMin {
		return bad(fmt.Sprintf("不通过要写理由，%d 到 %d 字", reasonMin, reasonMax), fmt.Sprintf("say why it is refused, in %d to %d characters", reasonMin, reasonMax))
	}
	var conversation uuid.UUID
	err := s.own(ctx, id, agent, func(ctx context.Context, tx pgx.Tx, c *changing) error {
		conversation = c.q.Conversation
		if outcome == outcomePassed {
			if err := s.passable(ctx, tx, c, agent); err != nil {
				return err
			}
		}
		c.end(outcome, reason)
		return nil
	})
	if err != nil {
		return err
	}
	s.hangUp(ctx, conversation, agent)
	return nil
}

// passable is what keeps a request from being passed.
func (s *Service) passable(ctx context.Context, tx pgx.Tx, c *changing, agent string) error {
	for _, it := range c.items {
		if !it.Optional && it.State != "ok" {
			return bad("还没有核对：“"+it.ZH+"”，不能通过", "not checked yet, so it can't be passed: "+it.EN)
		}
	}
	if ok, err := s.mayDecide(ctx, tx, c.q, agent); err != nil || !ok {
		return errors.Join(err, unless(ok))
	}
	if c.q.Kind != "session" || c.q.Medium == "" || c.q.Medium == "chat" {
		return nil
	}
	met := 0
	if err := tx.QueryRow(ctx, s.store.queries.Text("HasBeenLive"), c.q.ID).Scan(&met); err != nil {
		return err
	}
	if met == 0 {
		return bad("还没有和客户接通音视频，不能通过", "the customer was not met on "+c.q.Medium+" yet")
	}
	return nil
}

// hangUp ends the conversation's open session after the verdict. Where it can't,
// the session ends with the conversation being handed back.
func (s *Service) hangUp(ctx context.Context, conversation uuid.UUID, agent string) {
	open := s.Session(ctx, conversation)
	if open == nil {
		return
	}
	if err := s.End(ctx, open.ID, agent); err != nil && !errors.Is(err, assistant.ErrNotFound) {
		s.warn("end a session after its verdict", err)
	}
}

// scriptBody: customer → server, the answer to the words of an item.
type scriptBody struct {
	Item   string `json:"item"`
	Answer string `json:"answer"` // yes or no
}

// script takes the customer's answer to the words that are shown.
func (x *session) script(ctx context.Context, role string, frame wire.Signal) error {
	if role != roleCustomer {
		return bad("只有客户本人可以回答", "only the customer answers")
	}
	body, err := read[scriptBody](frame)
	if err != nil {
		return err
	}
	if body.Answer != "yes" && body.Answer != "no" {
		return bad("请回答听懂了或没听懂", "answer is yes or no")
	}
	s := x.service
	q, err := one[request](ctx, s.store, "RequestOf", x.row.Conversation, x.row.Agent)
	if err != nil {
		return err
	}
	return s.change(ctx, q.ID, func(ctx context.Context, tx pgx.Tx, c *changing) error {
		if c.q.State != stateTaken || c.q.Showing == "" || c.q.Showing != body.Item {
			return bad("这一句已经过去了", "these words are no longer shown")
		}
		c.note("review.answer", x.row.Agent, map[string]any{"item": body.Item, "answer": body.Answer})
		_, err := tx.Exec(ctx, s.store.queries.Text("AnswerItem"), c.q.ID, body.Item, body.Answer, c.now)
		return err
	})
}

// staff runs a change that a member of staff asks for.
func (s *Service) staff(ctx context.Context, id, agent string, decide func(context.Context, pgx.Tx, *changing) error) error {
	key, err := uuid.Parse(id)
	if err != nil || agent == "" {
		return assistant.ErrNotFound
	}
	return s.change(ctx, key, decide)
}

// own runs a change of a request that the member of staff works on. A session is
// whose its conversation is.
func (s *Service) own(ctx context.Context, id, agent string, decide func(context.Context, pgx.Tx, *changing) error) error {
	return s.staff(ctx, id, agent, func(ctx context.Context, tx pgx.Tx, c *changing) error {
		if c.q.Kind == "session" && (c.q.State == stateWaiting || c.q.State == stateTaken) {
			owns := 0
			if err := tx.QueryRow(ctx, s.store.queries.Text("OwnsRequest"), c.q.Conversation, agent).Scan(&owns); err != nil {
				return err
			}
			if owns == 0 {
				return ErrNotOwner
			}
			if c.q.State == stateWaiting || c.q.Agent != agent {
				s.taken(c, agent)
			}
		}
		switch {
		case c.q.State == stateEnded:
			return bad("已经有结论了", "it has been decided")
		case c.q.State != stateTaken:
			return assistant.ErrNotFound
		case c.q.Agent != agent:
			return ErrHeld
		}
		c.q.TouchedAt = &c.now
		return decide(ctx, tx, c)
	})
}

func (c *changing) item(name string) *item {
	for i := range c.items {
		if c.items[i].Item == name {
			return &c.items[i]
		}
	}
	return nil
}

// board is what waits on the board, as it was read last.
type board struct {
	requests []request
	items    map[uuid.UUID][]item
}

// readBoard reads the board; Listed is called when it is another one.
func (s *Service) readBoard(ctx context.Context) error {
	requests, err := many[request](ctx, s.store, "Board")
	if err != nil {
		return err
	}
	next := board{requests: requests, items: map[uuid.UUID][]item{}}
	if len(requests) > 0 {
		ids := make([]uuid.UUID, 0, len(requests))
		for _, q := range requests {
			ids = append(ids, q.ID)
		}
		items, err := many[item](ctx, s.store, "Items", ids)
		if err != nil {
			return err
		}
		for _, it := range items {
			next.items[it.Request] = append(next.items[it.Request], it)
		}
	}
	s.mu.Lock()
	was := s.board
	s.board = next
	s.mu.Unlock()
	same := slices.EqualFunc(was.requests, next.requests, func(a, b request) bool { return a.ID == b.ID && a.State == b.State && a.Agent == b.Agent })
	if !same && s.config.Listed != nil {
		s.config.Listed()
	}
	return nil
}

// Board is what waits for a review without media, as a member of staff sees it;
// at most a second old.
func (s *Service) Board(ctx context.Context, agent string) []wire.Review {
	s.mu.Lock()
	now := s.board
	s.mu.Unlock()
	out := make([]wire.Review, 0, len(now.requests))
	for _, q := range now.requests {
		out = append(out, s.review(ctx, q, now.items[q.ID], agent))
	}
	return out
}

// Review is what the flow of a conversation asked of this member of staff; nil
// when nothing.
func (s *Service) Review(ctx context.Context, conversation uuid.UUID, agent string) *wire.Review {
	q, err := one[request](ctx, s.store, "RequestOf", conversation, agent)
	if err != nil {
		if !errors.Is(err, assistant.ErrNotFound) {
			s.warn("read what a flow asks", err)
		}
		return nil
	}
	items, err := many[item](ctx, s.store, "Items", []uuid.UUID{q.ID})
	s.warn("read a check list", err)
	out := s.review(ctx, q, items, agent)
	before, err := many[verdict](ctx, s.store, "Before", q.Conversation, q.Instance, q.ID)
	s.warn("read what colleagues decided", err)
	for _, v := range before {
		_, card := s.config.People(ctx, q.Subject, v.Agent)
		out.Before = append(out.Before, wire.ReviewBefore{Role: v.Role, Agent: card.Name, Outcome: v.Outcome, Reason: v.Reason, At: v.EndedAt})
	}
	return &out
}

type verdict struct {
	Role, Agent, Outcome, Reason string
	EndedAt                      time.Time
}

func (s *Service) review(ctx context.Context, q request, items []item, agent string) wire.Review {
	customer, card := s.config.People(ctx, q.Subject, q.Agent)
	if s.config.MaskName != nil {
		customer = s.config.MaskName(customer)
	}
	out := wire.Review{
		ID: q.ID.String(), Conversation: q.Conversation.String(), Kind: q.Kind, Role: q.Role, Medium: q.Medium, Flow: q.Flow, Title: q.Title, Queue: q.Queue,
		Customer: customer, State: q.State, Mine: q.Agent != "" && q.Agent == agent, Barred: slices.Contains(q.Barred, agent), Since: q.Since,
		Items: []wire.ReviewItem{}, Showing: q.Showing, Outcome: q.Outcome, Reason: q.Reason, Before: []wire.ReviewBefore{},
	}
	if q.Agent != "" {
		out.Agent = card.Name
	}
	if q.TakenAt != nil {
		out.TakenAt = *q.TakenAt
	}
	for _, it := range items {
		out.Items = append(out.Items, wire.ReviewItem{
			ID: it.Item, Label: it.ZH, LabelEN: it.EN, Optional: it.Optional, State: it.State, By: it.By, At: at(it.At), Note: it.Note,
			ShownAt: at(it.ShownAt), Answer: it.Answer, AnsweredAt: at(it.AnsweredAt),
		})
	}
	return out
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// progress is how far a session's check list is, as its customer sees it; nil
// where it has none.
func (s *Service) progress(ctx context.Context, conversation uuid.UUID, agent string) *wire.Progress {
	r := s.Review(ctx, conversation, agent)
	if r == nil || r.Kind != "session" || r.State == stateEnded {
		return nil
	}
	out := &wire.Progress{Request: r.ID, Title: r.Title, Role: r.Role, Of: len(r.Items)}
	for n, it := range r.Items {
		if it.State == "ok" {
			out.Done++
		}
		if it.ID == r.Showing {
			out.Script = &wire.Script{Item: it.ID, N: n + 1, Text: it.Label, TextEN: it.LabelEN, Answer: it.Answer}
		}
	}
	return out
}
