package console

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/pingdui/pingdui/knowledge"
)

// Tryer does the dialogue's part of the try-it pane. It changes nothing and
// calls no bank.
type Tryer interface {
	// Understand tells what the text means and what may be read for it.
	Understand(ctx context.Context, r TryRequest) (Understood, error)
	// Decide tells what the digital employee would do with what was found.
	Decide(ctx context.Context, r TryRequest, u Understood, hits []knowledge.Hit) (Decided, error)
}

// TryRequest is one message to try.
type TryRequest struct {
	Text     string `json:"text" minLength:"1" maxLength:"2000"`
	Customer string `json:"customer,omitempty" doc:"the bank's customer number; empty: a visitor"`
	Edition  string `json:"edition,omitempty" enum:"standard,elder"`
	Locale   string `json:"locale,omitempty" enum:"zh,en"`
	Region   string `json:"region,omitempty"`
	On       string `json:"on,omitempty" doc:"2006-01-02 or RFC 3339; empty: now"`
	Release  string `json:"release,omitempty" doc:"empty: the current one"`
	Staff    bool   `json:"staff,omitempty" doc:"as an employee that serves staff"`

	// At is On, read.
	At time.Time `json:"-"`
}

// Understood is the outcome of understanding.
type Understood struct {
	Intents  []TryIntent `json:"intents" nullable:"false"`
	Verdict  string      `json:"verdict" doc:"act, ask or reject"`
	InScope  float64     `json:"in_scope"`
	Entities []TryEntity `json:"entities" nullable:"false"`
	Alarms   []string    `json:"alarms" nullable:"false"`
	Acts     []string    `json:"acts" nullable:"false"`
	Parts    []string    `json:"parts" nullable:"false"`
	// Article is the article the intent names; Audience what may be read.
	Article  string   `json:"article,omitempty"`
	Audience []string `json:"audience" nullable:"false"`
}

// TryIntent is an intent with its calibrated probability.
type TryIntent struct {
	Name  string  `json:"name"`
	Label string  `json:"label"`
	P     float64 `json:"p"`
}

// TryEntity is one thing found in the text.
type TryEntity struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Value string `json:"value"`
	Bad   string `json:"bad,omitempty"`
}

// Decided is what would be done.
type Decided struct {
	Answer string `json:"answer" doc:"what the customer would read first"`
	Flow   string `json:"flow,omitempty" doc:"the flow it would start"`
	Step   string `json:"step,omitempty"`
	Why    string `json:"why,omitempty"`
}

// TryPassage is one candidate with its ranks.
type TryPassage struct {
	Place    int      `json:"place"`
	Article  string   `json:"article"`
	Passage  string   `json:"passage"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Rows     []string `json:"rows" nullable:"false"`
	Source   string   `json:"source"`
	Words    int      `json:"words_rank" doc:"rank by words; 0: none"`
	Vector   int      `json:"vector_rank" doc:"rank by vector; 0: none"`
	Fused    float64  `json:"fused" doc:"reciprocal rank fusion"`
	Score    float64  `json:"score" doc:"how surely it answers"`
	Answers  bool     `json:"answers" doc:"the score reaches the threshold"`
	Via      string   `json:"via" enum:"search,table,intent"`
	Flow     string   `json:"flow,omitempty"`
	Audience []string `json:"audience" nullable:"false"`
}

// TryStep is how long one step took.
type TryStep struct {
	Name string `json:"name" enum:"understand,search,decide"`
	US   int64  `json:"us" doc:"microseconds"`
}

// TryResult is every step of one message.
type TryResult struct {
	Release    string       `json:"release"`
	On         time.Time    `json:"on"`
	Threshold  float64      `json:"threshold"`
	Understood Understood   `json:"understood"`
	Passages   []TryPassage `json:"passages" nullable:"false"`
	Decided    Decided      `json:"decided"`
	Steps      []TryStep    `json:"steps" nullable:"false"`
}

// when reads a day (its noon counts) or a time.
func (s *Console) when(on string) (time.Time, error) {
	if on == "" {
		return s.Clock().In(s.Zone), nil
	}
	if at, err := time.Parse(time.RFC3339, on); err == nil {
		return at.In(s.Zone), nil
	}
	at, err := time.ParseInLocation(time.DateOnly, on, s.Zone)
	if err != nil {
		return at, bad("日期写成 2026-11-30 / write the day as 2026-11-30")
	}
	return at.Add(12 * time.Hour), nil
}

func (s *Console) try(ctx context.Context, r TryRequest) (TryResult, error) {
	var err error
	if r.At, err = s.when(r.On); err != nil {
		return TryResult{}, err
	}
	if strings.TrimSpace(r.Text) == "" {
		return TryResult{}, bad("先写一句话再试 / write something to try")
	}
	if r.Release == "" {
		p, err := s.Releases.Current(ctx)
		if err != nil {
			return TryResult{}, err
		}
		r.Release = p.Current
	}
	v := TryResult{Release: r.Release, On: r.At, Threshold: knowledge.Threshold, Passages: []TryPassage{}, Steps: []TryStep{}}
	step := func(name string, started time.Time) {
		v.Steps = append(v.Steps, TryStep{Name: name, US: time.Since(started).Microseconds()})
	}
	v.Understood = Understood{Audience: []string{"customer"}}
	if r.Staff {
		v.Understood.Audience = []string{"staff", "customer"}
	}
	if s.Try != nil {
		started := time.Now()
		if v.Understood, err = s.Try.Understand(ctx, r); err != nil {
			return v, err
		}
		step("understand", started)
	}
	v.Understood.fill()
	started := time.Now()
	hits, err := s.Knowledge.Search(ctx, r.Release, knowledge.Query{
		Text: r.Text, Locale: r.Locale, Edition: cmp.Or(r.Edition, "standard"), Region: r.Region, Audience: v.Understood.Audience, At: r.At, Prefer: v.Understood.Article, Limit: 10,
	})
	if err != nil {
		return v, err
	}
	step("search", started)
	for i, h := range hits {
		p := TryPassage{
			Place: i + 1, Article: h.Article, Passage: h.Passage, Title: h.Title, Text: h.Text, Rows: h.Rows, Source: h.Source,
			Words: h.Words, Vector: h.Vector, Fused: h.Fused, Score: h.Score, Answers: h.Score >= knowledge.Threshold, Via: h.Via, Flow: h.Flow, Audience: []string{},
		}
		if p.Rows == nil {
			p.Rows = []string{}
		}
		if a, err := s.Knowledge.Article(ctx, r.Release, h.Article); err == nil && a != nil {
			p.Audience = a.Audience
		}
		v.Passages = append(v.Passages, p)
	}
	if s.Try == nil {
		if len(hits) > 0 && hits[0].Score >= knowledge.Threshold {
			v.Decided = Decided{Answer: hits[0].Text, Flow: hits[0].Flow}
		}
		return v, nil
	}
	started = time.Now()
	if v.Decided, err = s.Try.Decide(ctx, r, v.Understood, hits); err != nil {
		return v, err
	}
	step("decide", started)
	return v, nil
}

// fill makes empty lists of missing ones, as the API promises.
func (u *Understood) fill() {
	if u.Intents == nil {
		u.Intents = []TryIntent{}
	}
	if u.Entities == nil {
		u.Entities = []TryEntity{}
	}
	for _, l := range []*[]string{&u.Alarms, &u.Acts, &u.Parts, &u.Audience} {
		if *l == nil {
			*l = []string{}
		}
	}
}
