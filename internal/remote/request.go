package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/media/evidence"
)

// The states of a request: waiting → taken → ended; dropped goes back to waiting,
// and what is not ended may be withdrawn by the conversation.
const (
	stateWaiting = "waiting"
	stateTaken   = "taken"
	stateEnded   = "ended"
)

// The outcomes of a request, as the dialogue knows them.
const (
	outcomePassed  = "passed"
	outcomeRefused = "refused"
	outcomeUnsafe  = "unsafe"
	outcomeFailed  = "failed"
)

const (
	attendEvery = time.Second
	// strayFor is how long a session's conversation may be nobody's, without a
	// verdict, before the session counts as failed. Within it an agent who was
	// lost comes back as a customer who waits again.
	strayFor = 5 * time.Second
	// idleFor is how long a review may lie on a desk untouched.
	idleFor = 10 * time.Minute
)

// request is what a flow asked of a member of staff, as stored.
type request struct {
	ID           uuid.UUID
	Conversation uuid.UUID
	Subject      string
	Ref          string
	Instance     string
	Kind         string
	Flow         string
	Title        string
	Role         string
	Medium       string
	Queue        string
	Barred       []string
	State        string
	Agent        string
	Showing      string
	Outcome      string
	Reason       string
	Since        time.Time
	TakenAt      *time.Time
	TouchedAt    *time.Time
	LostAt       *time.Time
	Words        int
}

// item is one line of its check list.
type item struct {
	Request    uuid.UUID
	Item       string
	ZH         string `db:"zh"`
	EN         string `db:"en"`
	Optional   bool
	State      string
	By         string
	At         *time.Time
	Note       string
	ShownAt    *time.Time
	Answer     string
	AnsweredAt *time.Time
}

// asked is an outbox row of the engine.
type asked struct {
	ID           int64
	Conversation uuid.UUID
	Subject      string
	Kind         string
	Body         []byte
	CreatedAt    time.Time
}

// Kick makes the service look at what flows ask now, for a hint of the engine's
// outbox or of the desk. It never blocks.
func (s *Service) Kick() {
	select {
	case s.asks <- struct{}{}:
	default:
	}
}

// attend keeps requests going until the context ends.
func (s *Service) attend(ctx context.Context) {
	ticker := time.NewTicker(attendEvery)
	defer ticker.Stop()
	for {
		s.warn("look at what flows ask", s.Attend(ctx))
		select {
		case <-s.asks:
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// Attend does once whatever there is to do for requests: takes new ones and
// those taken back, binds sessions to who accepted their customers, lets go of
// those that were left, tells the conversations, and reads the board.
func (s *Service) Attend(ctx context.Context) error {
	s.attending.Lock()
	defer s.attending.Unlock()
	for {
		n, err := s.takeAsked(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	return errors.Join(s.bind(ctx), s.lapse(ctx), s.say(ctx), s.readBoard(ctx))
}

// takeAsked takes outbox rows and does what they say in one transaction.
func (s *Service) takeAsked(ctx context.Context) (int, error) {
	n := 0
	var withdrawn []uuid.UUID
	err := s.store.tx(ctx, func(tx pgx.Tx) error {
		found, err := rowsOf[asked](ctx, tx, s.store, "OpenAsked")
		if err != nil {
			return err
		}
		now := s.config.Clock()
		for _, a := range found {
			if a.Kind == "session" {
				err = s.add(ctx, tx, a)
			} else {
				err = s.withdraw(ctx, tx, a, now)
				withdrawn = append(withdrawn, a.Conversation)
			}
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, s.store.queries.Text("TakeAsked"), a.ID, now); err != nil {
				return err
			}
		}
		n = len(found)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("take what flows ask: %w", err)
	}
	for _, conversation := range withdrawn {
		s.changed(row{Conversation: conversation})
	}
	return n, nil
}

func (s *Service) add(ctx context.Context, tx pgx.Tx, a asked) error {
	var q dialogue.Session
	if err := json.Unmarshal(a.Body, &q); err != nil {
		return fmt.Errorf("request %d: %w", a.ID, err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	barred := q.Not
	if barred == nil {
		barred = []string{}
	}
	if _, err := tx.Exec(ctx, s.store.queries.Text("AddRequest"), id, a.Conversation, a.Subject, q.Ref, q.Instance, q.Kind, q.Flow, q.Title, q.Role,
		q.Medium, q.Queue, barred, a.CreatedAt); err != nil {
		return err
	}
	for n, it := range q.Items {
		if _, err := tx.Exec(ctx, s.store.queries.Text("AddItem"), id, it.ID, n+1, a.Subject, it.Label.Pick("zh", ""), it.Label.Pick("en", ""), it.Optional); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) withdraw(ctx context.Context, tx pgx.Tx, a asked, now time.Time) error {
	var w dialogue.Withdraw
	if err := json.Unmarshal(a.Body, &w); err != nil {
		return fmt.Errorf("request %d: %w", a.ID, err)
	}
	_, err := tx.Exec(ctx, s.store.queries.Text("WithdrawRequest"), a.Conversation, w.Ref, now)
	return err
}

// some is a request that somebody has to do with: an agent, or who speaks in its
// conversation now.
type some struct {
	ID  uuid.UUID
	Who string
}

// bind gives sessions to the agents who have accepted their customers.
func (s *Service) bind(ctx context.Context) error {
	found, err := many[some](ctx, s.store, "Accepted")
	if err != nil {
		return err
	}
	for _, f := range found {
		err := s.change(ctx, f.ID, func(_ context.Context, _ pgx.Tx, c *changing) error {
			if c.q.State == stateWaiting || c.q.State == stateTaken && c.q.Agent != f.Who {
				s.taken(c, f.Who)
			}
			return nil
		})
		s.warn("begin a session that a flow asked for", err)
	}
	return nil
}

// taken notes who has a request now; its conversation hears that it has begun.
func (s *Service) taken(c *changing, agent string) {
	c.q.State, c.q.Agent, c.q.TakenAt, c.q.TouchedAt, c.q.LostAt = stateTaken, agent, &c.now, &c.now, nil
	c.tell("started", agent, "")
	c.note("review.take", agent, nil)
}

// lapse lets go of requests whose person has gone: a customer who waits again
// waits for another one, one who was handed back without a verdict was not checked.
func (s *Service) lapse(ctx context.Context) error {
	found, err := many[some](ctx, s.store, "Left", s.config.Clock().Add(-idleFor))
	if err != nil {
		return err
	}
	for _, f := range found {
		err := s.change(ctx, f.ID, func(_ context.Context, _ pgx.Tx, c *changing) error {
			switch {
			case c.q.State != stateTaken:
			case c.q.Kind == "review" || f.Who == "queue":
				c.drop()
			case c.q.LostAt == nil:
				c.q.LostAt = &c.now
			case c.now.Sub(*c.q.LostAt) >= strayFor:
				c.end(outcomeFailed, "")
			}
			return nil
		})
		s.warn("let go of a request", err)
	}
	return nil
}

// changing is one guarded change of one request.
type changing struct {
	q     request
	items []item
	now   time.Time
	words []spoken
	notes []audited
}

type spoken struct {
	event assistant.SessionEvent
	after string // the agent who must have left first
}

type audited struct {
	action, by string
	detail     map[string]any
}

// tell adds a word for the conversation.
func (c *changing) tell(state, by, after string) {
	c.words = append(c.words, spoken{after: after, event: assistant.SessionEvent{
		Session: c.q.ID.String(), State: state, Ref: c.q.Ref, Role: c.q.Role, By: dialogue.AgentView{ID: by},
	}})
}

func (c *changing) note(action, by string, detail map[string]any) {
	if detail == nil {
		detail = map[string]any{}
	}
	detail["conversation"], detail["role"] = c.q.Conversation, c.q.Role
	c.notes = append(c.notes, audited{action, by, detail})
}

// drop puts a request back to those that wait.
func (c *changing) drop() {
	c.tell("dropped", c.q.Agent, "")
	c.note("review.drop", c.q.Agent, nil)
	c.q.State, c.q.Agent, c.q.Showing, c.q.TakenAt, c.q.TouchedAt, c.q.LostAt = stateWaiting, "", "", nil, nil, nil
}

// end writes the verdict. Of a session it is told when the agent has left the
// conversation: what comes next is the digital employee's.
func (c *changing) end(outcome, reason string) {
	c.q.State, c.q.Outcome, c.q.Reason, c.q.Showing = stateEnded, outcome, reason, ""
	after := ""
	if c.q.Kind == "session" {
		after = c.q.Agent
	}
	c.tell("ended", c.q.Agent, after)
	event := &c.words[len(c.words)-1].event
	event.Outcome, event.Reason = outcome, reason
	for _, it := range c.items {
		if it.At != nil {
			event.Items = append(event.Items, dialogue.Ticked{ID: it.Item, OK: it.State == "ok", At: *it.At, Note: it.Note, By: it.By})
		}
	}
	c.note("review."+outcome, c.q.Agent, map[string]any{"items": len(event.Items)})
}

// change locks a request, lets decide what becomes of it and writes that, the
// words for its conversation and the audit in one transaction.
func (s *Service) change(ctx context.Context, id uuid.UUID, decide func(context.Context, pgx.Tx, *changing) error) error {
	c := changing{now: s.config.Clock().UTC().Truncate(time.Microsecond)}
	var was string
	var refused error // why it may not be: said to people as it is
	err := s.store.tx(ctx, func(tx pgx.Tx) error {
		found, err := rowsOf[request](ctx, tx, s.store, "LockRequest", id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return assistant.ErrNotFound
		}
		c.q, was = found[0], found[0].Agent
		if c.items, err = rowsOf[item](ctx, tx, s.store, "Items", []uuid.UUID{id}); err != nil {
			return err
		}
		if refused = decide(ctx, tx, &c); refused != nil {
			return refused
		}
		return s.write(ctx, tx, &c)
	})
	if refused != nil {
		return refused
	}
	if err != nil {
		return err
	}
	for _, n := range c.notes {
		kind := evidence.KindScript
		if n.action == "review.answer" {
			kind = evidence.KindDisclosure
		}
		if n.action == "review.take" {
			n.detail["title"], n.detail["items"] = c.q.Title, listed(c.items)
		}
		s.recordReview(ctx, c.q.Conversation, kind, n.action, n.by, n.detail)
	}
	s.changed(row{Conversation: c.q.Conversation, Agent: c.q.Agent, ID: c.q.ID})
	if was != "" && was != c.q.Agent {
		s.changed(row{Conversation: c.q.Conversation, Agent: was, ID: c.q.ID})
	}
	s.Kick()
	return nil
}

func (s *Service) write(ctx context.Context, tx pgx.Tx, c *changing) error {
	var ended *time.Time
	if c.q.State == stateEnded {
		ended = &c.now
	}
	for _, w := range c.words {
		c.q.Words++
		if by := w.event.By.ID; by != "" {
			_, card := s.config.People(ctx, c.q.Subject, by)
			w.event.By = dialogue.AgentView{ID: by, Name: card.Name, Number: card.Number, Certificate: card.Certificate}
		}
		body, err := json.Marshal(w.event)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, s.store.queries.Text("AddWord"), c.q.ID, c.q.Words, c.q.Conversation, c.q.Subject, body, w.after); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, s.store.queries.Text("PutRequest"), c.q.ID, c.q.State, c.q.Agent, c.q.Showing, c.q.Outcome, c.q.Reason, c.q.TakenAt,
		c.q.TouchedAt, c.q.LostAt, ended, c.q.Words); err != nil {
		return err
	}
	for _, n := range c.notes {
		detail, err := json.Marshal(n.detail)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, s.store.queries.Text("Audit"), c.now, "s:"+n.by, n.action, "request:"+c.q.ID.String(), detail); err != nil {
			return err
		}
	}
	return nil
}

// word is one thing a conversation is to hear.
type word struct {
	Request      uuid.UUID
	N            int
	Conversation uuid.UUID
	Subject      string
	Body         assistant.SessionEvent
}

// say gives the conversations their words. The id of the input is the same on
// every try and on every node, so that each is heard once.
func (s *Service) say(ctx context.Context) error {
	for {
		due, err := many[word](ctx, s.store, "Words")
		if err != nil || len(due) == 0 {
			return err
		}
		told := 0
		for _, w := range due {
			if err := s.sayOne(ctx, w); err != nil {
				s.warn("tell a conversation of its request", err)
				continue
			}
			told++
		}
		if told == 0 {
			return nil // again with the next look
		}
	}
}

func (s *Service) sayOne(ctx context.Context, w word) error {
	limited, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	r, err := s.config.Engine.Ask(limited, w.Subject, w.Conversation, assistant.Input{ID: fmt.Sprintf("session:%s:%d", w.Request, w.N), Body: w.Body})
	// Telling it again would fail for ever and hold up what follows.
	if lost := errors.Is(err, assistant.ErrNotFound) || errors.Is(err, assistant.ErrConflict); err != nil && !lost {
		return err
	}
	if err == nil && r.Turn == 0 {
		return fmt.Errorf("request %s: word %d has not been answered yet", w.Request, w.N)
	}
	return s.store.tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, s.store.queries.Text("ToldWord"), w.Request, w.N, s.config.Clock())
		return err
	})
}

// rowsOf reads rows inside a transaction.
func rowsOf[T any](ctx context.Context, tx pgx.Tx, s *store, name string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, s.queries.Text(name), args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// mayDecide says whether an agent had no hand in the run of the flow where
// another person must decide.
func (s *Service) mayDecide(ctx context.Context, tx pgx.Tx, q request, agent string) (bool, error) {
	if slices.Contains(q.Barred, agent) {
		return false, nil
	}
	if q.Role != "authoriser" {
		return true, nil
	}
	rows, err := tx.Query(ctx, s.store.queries.Text("Handled"), q.Conversation, q.Instance, q.ID)
	if err != nil {
		return false, err
	}
	handled, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return !slices.Contains(handled, agent), err
}
