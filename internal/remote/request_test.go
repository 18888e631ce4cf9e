package remote_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/wire"
)

// sql runs a statement as the engine.
func (o *office) sql(text string, args ...any) {
	o.t.Helper()
	err := postgres.InTx(o.t.Context(), o.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(o.t.Context(), text, args...)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// asks is a flow asking for something, as a turn leaves it in the outbox.
func (o *office) asks(kind string, body any) {
	o.t.Helper()
	raw, err := json.Marshal(body)
	must(o.t, err)
	o.sql("INSERT INTO outbox (conversation, subject, kind, body, created_at) VALUES ($1, 'c:1', $2, $3, now())", o.conversation, kind, raw)
}

func (o *office) speaks(speaker, agent string) {
	o.t.Helper()
	o.sql("UPDATE conversation SET speaker = $2, agent = $3 WHERE id = $1", o.conversation, speaker, agent)
}

// demand is what the R4 scene asks.
func demand(kind, role, medium string) dialogue.Session {
	return dialogue.Session{
		Ref: "i1/de1", Kind: kind, Instance: "i1", Step: "check", Flow: "pin_remote", Title: "视频核实本人", Role: role, Medium: medium, Queue: "general",
		Items: []dialogue.CheckItem{
			{ID: "face", Label: flow.Text{"zh": "本人与证件一致", "en": "The person matches the ID"}},
			{ID: "alone", Label: flow.Text{"zh": "身边没有别人指挥", "en": "Nobody directs the customer"}},
			{ID: "extra", Label: flow.Text{"zh": "另外的说明", "en": "Anything else"}, Optional: true},
		},
	}
}

// heard is the next word the conversation hears of a request.
func (o *office) heard(state string) assistant.SessionEvent {
	o.t.Helper()
	o.service.Kick()
	select {
	case in := <-o.inputs:
		e, ok := in.Body.(assistant.SessionEvent)
		if !ok || e.State != state {
			o.t.Fatalf("the conversation heard %+v, want %s", in, state)
		}
		return e
	case <-time.After(deadline):
		o.t.Fatalf("the conversation did not hear %s", state)
		return assistant.SessionEvent{}
	}
}

// silent looks again and sees that the conversation hears nothing.
func (o *office) silent(why string) {
	o.t.Helper()
	must(o.t, o.service.Attend(o.t.Context()))
	select {
	case in := <-o.inputs:
		o.t.Fatalf("%s: the conversation heard %+v", why, in)
	default:
	}
}

func (o *office) request(agent string) *wire.Review {
	o.t.Helper()
	r := o.service.Review(o.t.Context(), o.conversation, agent)
	if r == nil {
		o.t.Fatalf("%s has nothing to review", agent)
	}
	return r
}

func says(t *testing.T, what string, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("%s: %v, want %q in it", what, err, part)
	}
}

func (o *office) count(text string) int {
	o.t.Helper()
	n := 0
	err := postgres.InTx(o.t.Context(), o.pool, postgres.AsEngine(), func(tx pgx.Tx) error { return tx.QueryRow(o.t.Context(), text).Scan(&n) })
	must(o.t, err)
	return n
}

// A check face to face: nothing passes before every item is ticked and the
// customer was met, the customer answers what is read, and the conversation hears
// the verdict once, when the agent has left it.
func TestASessionAFlowAskedFor(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgrestest.New(t), "n1", nil)
	ctx := t.Context()
	o.speaks("queue", "")
	o.asks("session", demand("session", "reviewer", "video"))
	o.silent("nobody has accepted")
	if r := o.service.Review(ctx, o.conversation, "8001"); r != nil {
		t.Fatalf("8001 sees %+v before owning the conversation", r)
	}
	o.speaks("agent", "8001")
	if e := o.heard("started"); e.By.ID != "8001" || e.By.Name != "李晓" || e.Role != "reviewer" || e.Ref != "i1/de1" {
		t.Fatalf("heard %+v", e)
	}
	r := o.request("8001")
	if !r.Mine || len(r.Items) != 3 || r.Items[0].Label != "本人与证件一致" || r.Customer == "" {
		t.Fatalf("the agent sees %+v", r)
	}
	pass := func(agent string) error { return o.service.Decide(ctx, r.ID, agent, "passed", "") }
	tick := func(agent, item, state string) error { return o.service.Tick(ctx, r.ID, agent, item, state, "") }
	refused(t, "another agent ticks", tick("8002", "face", "ok"))
	refused(t, "another agent passes", pass("8002"))
	refused(t, "an item that is not on the list", tick("8001", "nose", "ok"))
	must(t, tick("8001", "face", "ok"))
	says(t, "an item is open", pass("8001"), "身边没有别人指挥")
	must(t, tick("8001", "alone", "no"))
	says(t, "an item is not so", pass("8001"), "身边没有别人指挥")
	says(t, "refused without a reason", o.service.Decide(ctx, r.ID, "8001", "refused", " "), "理由")

	must(t, tick("8001", "alone", "ok"))
	says(t, "nobody was met", pass("8001"), "接通")
	s, err := o.service.Offer(ctx, o.conversation, "8001")
	must(t, err)
	must(t, o.customer(s.ID, "state", `{"action":"accept"}`))

	// Words are read and answered.
	must(t, o.service.Show(ctx, r.ID, "8001", "alone"))
	shown := o.service.Session(ctx, o.conversation)
	if shown == nil || shown.Review == nil || shown.Review.Done != 2 || shown.Review.Of != 3 || shown.Review.Script == nil || shown.Review.Script.N != 2 {
		t.Fatalf("the customer sees %+v", shown)
	}
	refused(t, "the agent answers for the customer", o.agent(s.ID, "script", `{"item":"alone","answer":"yes"}`))
	refused(t, "words that are not shown", o.customer(s.ID, "script", `{"item":"face","answer":"yes"}`))
	must(t, o.customer(s.ID, "script", `{"item":"alone","answer":"no"}`))
	says(t, "what was not understood is ticked", tick("8001", "alone", "ok"), "没听懂")
	must(t, o.service.Show(ctx, r.ID, "8001", "alone"))
	must(t, o.customer(s.ID, "script", `{"item":"alone","answer":"yes"}`))
	must(t, tick("8001", "alone", "ok"))
	if it := o.request("8001").Items[1]; it.Answer != "yes" || it.At.IsZero() || it.ShownAt.IsZero() || it.AnsweredAt.IsZero() || it.By != "8001" {
		t.Fatalf("written down: %+v", it)
	}
	must(t, pass("8001"))
	if open := o.service.Session(ctx, o.conversation); open != nil {
		t.Errorf("the session is still open: %+v", open)
	}
	says(t, "decided twice", pass("8001"), "结论")
	o.silent("the agent still speaks")
	o.speaks("bot", "")
	e := o.heard("ended")
	if e.Outcome != "passed" || e.Session != r.ID || len(e.Items) != 2 || !e.Items[1].OK || e.Items[1].By != "8001" {
		t.Fatalf("heard %+v", e)
	}
	o.silent("it was told")
	if n := o.count("SELECT count(*) FROM audit WHERE action LIKE 'review.%'"); n < 8 {
		t.Errorf("%d lines in the audit", n)
	}
}

// The second person is another person, whoever asks, and a missing item blocks
// the authorisation too.
func TestAnAuthorisationByAnother(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgrestest.New(t), "n1", nil)
	ctx := t.Context()
	o.speaks("bot", "")
	first := demand("review", "reviewer", "")
	o.asks("session", first)
	must(t, o.service.Attend(ctx))
	list := o.service.Board(ctx, "8001")
	if len(list) != 1 || list[0].State != "waiting" {
		t.Fatalf("the board shows %+v", list)
	}
	must(t, o.service.Take(ctx, list[0].ID, "8001"))
	if err := o.service.Take(ctx, list[0].ID, "8002"); !errors.Is(err, remote.ErrHeld) {
		t.Errorf("taken twice: %v", err)
	}
	must(t, o.service.Take(ctx, list[0].ID, "8001"))
	o.heard("started")
	for _, name := range []string{"face", "alone"} {
		must(t, o.service.Tick(ctx, list[0].ID, "8001", name, "ok", "看过"))
	}
	must(t, o.service.Decide(ctx, list[0].ID, "8001", "passed", ""))
	o.heard("ended")

	second := demand("review", "authoriser", "")
	second.Ref = "i1/de2" // the flow forgot to say who may not: the rows know
	o.asks("session", second)
	must(t, o.service.Attend(ctx))
	list = o.service.Board(ctx, "8001")
	if len(list) != 1 {
		t.Fatalf("the board shows %+v", list)
	}
	if err := o.service.Take(ctx, list[0].ID, "8001"); !errors.Is(err, remote.ErrSamePerson) {
		t.Errorf("the same person authorises: %v", err)
	}
	must(t, o.service.Take(ctx, list[0].ID, "8002"))
	o.heard("started")
	if r := o.request("8002"); len(r.Before) != 1 || r.Before[0].Outcome != "passed" {
		t.Errorf("the second person sees %+v of the first", r.Before)
	}
	says(t, "nothing was checked", o.service.Decide(ctx, list[0].ID, "8002", "passed", ""), "还没有核对")
	must(t, o.service.Decide(ctx, list[0].ID, "8002", "refused", "材料看不清"))
	if e := o.heard("ended"); e.Outcome != "refused" || e.Reason != "材料看不清" || e.By.ID != "8002" {
		t.Errorf("heard %+v", e)
	}
}

// A customer who takes the request back, an agent who is lost, one who hands back
// without a verdict: the flow hears the truth each time.
func TestARequestIsNeverLost(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgrestest.New(t), "n1", nil)
	ctx := t.Context()
	o.asks("session", demand("session", "reviewer", "video"))
	o.heard("started")
	o.speaks("queue", "") // the agent's lease ended, the customer waits again
	o.heard("dropped")
	o.speaks("agent", "8003")
	if e := o.heard("started"); e.By.ID != "8003" {
		t.Fatalf("heard %+v", e)
	}
	o.speaks("bot", "")
	o.silent("it may come back")
	o.pass(6 * time.Second)
	if e := o.heard("ended"); e.Outcome != "failed" {
		t.Fatalf("heard %+v", e)
	}

	again := demand("review", "reviewer", "")
	again.Ref = "i1/de3"
	o.asks("session", again)
	must(t, o.service.Attend(ctx))
	id := o.service.Board(ctx, "8001")[0].ID
	must(t, o.service.Take(ctx, id, "8001"))
	o.heard("started")
	o.pass(11 * time.Minute) // it lies on a desk
	o.heard("dropped")
	o.asks("session_cancel", dialogue.Withdraw{Ref: "i1/de3"})
	must(t, o.service.Attend(ctx))
	if list := o.service.Board(ctx, "8001"); len(list) != 0 {
		t.Errorf("taken back, and the board shows %+v", list)
	}
	refused(t, "taken back and taken", o.service.Take(ctx, id, "8001"))
	o.silent("it was taken back")
}

// A node that dies between the verdict and the telling: another one tells it, once.
func TestAVerdictOutlivesItsNode(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	o := newOffice(t, pool, "n1", nil)
	ctx := t.Context()
	o.speaks("bot", "")
	o.asks("session", demand("review", "reviewer", ""))
	must(t, o.service.Attend(ctx))
	id := o.service.Board(ctx, "8001")[0].ID
	must(t, o.service.Take(ctx, id, "8001"))
	o.heard("started")
	// What a killed node leaves: the verdict and its word are one transaction.
	o.sql("UPDATE session_item SET state = 'ok', by = '8001', at = now() WHERE request = $1", id)
	o.sql("UPDATE session_request SET state = 'ended', outcome = 'passed', ended_at = now(), words = 2 WHERE id = $1", id)
	o.sql(`INSERT INTO session_word (request, n, conversation, subject, body) VALUES ($1, 2, $2, 'c:1', $3)`, id, o.conversation,
		fmt.Sprintf(`{"session":%q,"state":"ended","ref":"i1/de1","outcome":"passed"}`, id))
	other := newOffice(t, pool, "n2", nil)
	ids := map[string]bool{}
	for _, one := range []*office{o, other} {
		must(t, one.service.Attend(ctx))
	}
	for len(o.inputs)+len(other.inputs) > 0 {
		select {
		case in := <-o.inputs:
			ids[in.ID] = true
		case in := <-other.inputs:
			ids[in.ID] = true
		}
	}
	if len(ids) != 1 || !ids["session:"+id+":2"] {
		t.Errorf("told under %v, want one id: the engine hears an id once", ids)
	}
	if n := o.count("SELECT count(*) FROM session_word WHERE told_at IS NULL"); n != 0 {
		t.Errorf("%d words wait", n)
	}
}
