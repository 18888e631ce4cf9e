package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/mind"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/channels/rest"
	"github.com/pingdui/pingdui/intents"
	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/bus"
	"github.com/pingdui/pingdui/internal/llm"
	"github.com/pingdui/pingdui/internal/mask"
	"github.com/pingdui/pingdui/internal/release"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/knowledge"
)

// releaseSubject says that the published release, or somebody's duty, changed.
const releaseSubject = "pingdui.release"

// compiler makes a release's artefacts: the trained intents as bytes, the
// passages as rows of the knowledge base. It runs once for a release.
type compiler struct{ base *knowledge.Base }

const intentsArtefact = "intents"

// trainings is shared by all nodes of a process.
var trainings = mind.NewTrainings(mind.TrainedFolder()) //nolint:gochecknoglobals // a memory of the process: its nodes come and go

// Maker names the recipe.
func (c compiler) Maker() string { return c.base.Maker() + "+intents-2" }

// Compile checks, trains and indexes.
func (c compiler) Compile(ctx context.Context, id string, files fs.FS, progress release.Progress) ([]release.Artefact, error) {
	progress("检查内容 / checking", 0, 3)
	set, problems := content.Compile(files)
	if len(problems) > 0 {
		bad := &release.ContentError{}
		for _, p := range problems {
			bad.Problems = append(bad.Problems, p.String())
		}
		return nil, bad
	}
	progress("训练意图 / training", 1, 3)
	raw, err := trainings.Artefact(ctx, set)
	if err != nil {
		return nil, err
	}
	progress("建立知识索引 / indexing", 2, 3)
	report, err := c.base.Index(ctx, id, files)
	if errors.Is(err, knowledge.ErrProblems) {
		bad := &release.ContentError{}
		for _, p := range report.Problems {
			bad.Problems = append(bad.Problems, p.Error())
		}
		return nil, bad
	}
	if err != nil {
		return nil, fmt.Errorf("index the knowledge: %w", err)
	}
	progress("完成 / done", 3, 3)
	return []release.Artefact{{Kind: intentsArtefact, Bytes: raw}}, nil
}

// gate plays the conversation tests of a candidate.
type gate struct{}

// Check runs before people look at a release.
func (gate) Check(ctx context.Context, _ string, files fs.FS, artefacts map[string][]byte, progress release.Progress) (release.Report, error) {
	started := time.Now()
	set, err := mind.Compile(files)
	if err != nil {
		return release.Report{}, err
	}
	model, err := intents.Load(artefacts[intentsArtefact])
	if err != nil {
		return release.Report{}, err
	}
	progress("会话测试 / conversation tests", 0, 1)
	ran := convtest.Run(ctx, set, files, []string{"scenes"}, Understanding(model))
	check := release.Check{Name: "会话测试 / conversation tests", Passed: ran.Passed, Failed: ran.Failed, Problems: []string{}, Seconds: ran.Seconds}
	for _, one := range ran.Cases {
		if !one.Passed {
			check.Problems = append(check.Problems, fmt.Sprintf("%s:%d %s: %s", one.File, one.Line, one.Name, one.Failure))
		}
	}
	progress("会话测试 / conversation tests", 1, 1)
	return release.Report{Green: check.Failed == 0, Checks: []release.Check{check}, Seconds: time.Since(started).Seconds()}, nil
}

// loadContent seeds the shipped content on the first start and follows the
// published release from then on.
func (r *rooms) loadContent(ctx context.Context, p *program) error {
	var err error
	r.audit = audit.New(r.db.pool, time.Now)
	if r.knowledge, err = knowledge.New(knowledge.Config{Pool: r.db.pool, Clock: time.Now, Zone: r.zone}); err != nil {
		return err
	}
	r.releases, err = release.New(release.Config{
		Pool: r.db.pool, Compiler: compiler{r.knowledge}, Gate: gate{}, Audit: r.audit, Node: r.node, Clock: time.Now, Log: r.log,
		Changed: func() { r.bus.Publish(releaseSubject, nil) },
	})
	if err != nil {
		return err
	}
	files, err := contentFiles(r.config.Content)
	if err != nil {
		return err
	}
	if err := r.releases.Seed(ctx, files); err != nil {
		return err
	}
	hints := make(chan *bus.Hint, 16)
	stop, err := r.bus.Subscribe(releaseSubject, hints)
	if err != nil {
		return err
	}
	wake := make(chan struct{}, 1)
	p.run(func(ctx context.Context) error {
		defer stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-hints:
				select {
				case wake <- struct{}{}:
				default:
				}
			}
		}
	})
	var once sync.Once
	loaded := make(chan struct{})
	following, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = r.releases.Watch(following, release.Watch{
			Hints: wake, Leave: r.mind.SetOffDuty, Recall: r.mind.SetRecalled,
			Load: func(ctx context.Context, rel release.Release) error {
				if err := r.load(ctx, rel.ID); err != nil {
					return err
				}
				once.Do(func() { close(loaded) })
				return nil
			},
		})
	}()
	p.closing = append(p.closing, func() { cancel(); <-ended })
	p.run(r.releases.Run)
	select {
	case <-loaded:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Minute):
		return errors.New("the published release could not be loaded; the log says why")
	}
}

// contentFiles are the files of a folder laid out as a release, or the shipped
// ones when none is named.
func contentFiles(dir string) (fs.FS, error) {
	if dir == "" {
		return scenes.FS, nil
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("the content %s is not a folder with a release's files (docs/architecture.md names them)", dir)
	}
	return os.DirFS(dir), nil
}

// load makes a published release this node's own.
func (r *rooms) load(ctx context.Context, id string) error {
	files, err := r.releases.Files(ctx, id)
	if err != nil {
		return err
	}
	artefacts, err := r.releases.Artefacts(ctx, id)
	if err != nil {
		return err
	}
	model, err := intents.Load(artefacts[intentsArtefact])
	if err != nil {
		return err
	}
	set, err := mind.Compile(files)
	if err != nil {
		return err
	}
	if err := r.knowledge.Warm(ctx, id); err != nil {
		return err
	}
	if set, err = r.withEarlierFlows(ctx, set); err != nil {
		return err
	}
	r.mind.Use(mind.Load(id, set, model))
	r.log.Info("a release is in use", "release", id)
	return nil
}

// withEarlierFlows adds the flows of earlier releases, for conversations that
// began with them. One that this program can't read any more is left out: what
// runs it goes to a person.
func (r *rooms) withEarlierFlows(ctx context.Context, set *content.Set) (*content.Set, error) {
	files, err := r.releases.FlowFiles(ctx)
	if err != nil {
		return nil, err
	}
	var earlier []*flow.Flow
	for _, f := range files {
		if set.Pinned(f.Hash) != nil {
			continue
		}
		parsed, problems := flow.Parse(f.Path, f.Bytes)
		if len(problems) > 0 {
			r.log.Warn("an earlier version of a flow can't run any more", "flow", f.Path, "hash", f.Hash, "problem", problems[0])
			continue
		}
		earlier = append(earlier, parsed)
	}
	return set.With(earlier...), nil
}

// search asks the knowledge base of the release in use.
type search struct{ r *rooms }

// Search finds passages that may answer.
func (s search) Search(ctx context.Context, q assistant.Query) ([]dialogue.Passage, error) {
	query := knowledge.Query{
		Text: q.Text, Locale: q.Locale, Edition: q.Edition, Audience: q.Audience, Region: q.Region, At: q.Now, Prefer: q.Article,
	}
	hits, err := s.r.knowledge.Search(ctx, s.r.mind.Release(), query)
	if err != nil {
		return nil, err
	}
	found := passages(hits)
	internal := false
	if slices.Contains(q.Audience, "staff") {
		for i := range found {
			found[i].Internal = s.internal(ctx, query, found[i].Article)
			internal = internal || found[i].Internal
		}
	}
	if s.r.generator == nil || len(hits) > 0 && hits[0].Score >= knowledge.Threshold {
		return found, nil
	}
	// Nothing curated answers: a model may, from what was found and nothing else.
	written, err := s.r.generator.Answer(ctx, query, hits, func(sentence string) error {
		if q.Draft != nil {
			q.Draft(sentence)
		}
		return nil
	})
	if err != nil {
		if !errors.Is(err, knowledge.ErrWithheld) {
			s.r.log.Warn("the model gave no answer; the customer is told that there is none", "error", err)
		}
		return found, nil
	}
	from := written.Cites[0]
	return append([]dialogue.Passage{{
		Article: from.Article, Passage: from.Passage, Title: from.Title, Text: written.Text, Score: knowledge.Threshold, Generated: true,
		Internal: internal, // whatever it was written from may show in it
	}}, found...), nil
}

// internal says whether customers may not read what staff were found in an
// article: when in doubt, they may not.
func (s search) internal(ctx context.Context, q knowledge.Query, article string) bool {
	a, err := s.r.knowledge.Article(ctx, s.r.mind.Release(), article)
	if err != nil || a == nil {
		return true
	}
	return !slices.Contains(a.Audience, "customer") ||
		slices.ContainsFunc(a.Variants, func(v knowledge.Variant) bool {
			return v.Audience != "" && v.Audience != "customer" && slices.Contains(q.Audience, v.Audience)
		})
}

// openModel connects the configured model; without one everything else works.
func (r *rooms) openModel(p *program) error {
	client, err := llm.New(llm.Config{BaseURL: r.config.ModelURL, Key: r.config.ModelKey, Model: r.config.ModelName})
	if errors.Is(err, llm.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	r.generator = &knowledge.Generator{Model: client, Mask: mask.Text, Budget: r.config.ModelTimeout, Forbidden: r.promises}
	return r.onHint(p, draftSubject, func(raw []byte) {
		var d assistant.Draft
		if json.Unmarshal(raw, &d) == nil {
			r.web.Send(d.Conversation, wire.ToCustomer{Type: "draft", Draft: &wire.Draft{Input: d.Input, Attempt: d.Attempt, N: d.N, Text: d.Text}})
		}
	})
}

// promises names what nobody may promise in a text, by the release in use.
func (r *rooms) promises(text string) []string {
	if l := r.mind.Current(); l != nil {
		return l.Set.Promises(text)
	}
	return nil
}

// draftSubject carries streaming answers to the node the customer is on.
const draftSubject = "pingdui.draft"

func (r *rooms) draft(d assistant.Draft) {
	if raw, err := json.Marshal(d); err == nil {
		r.bus.Publish(draftSubject, raw) // this node hears it too
	}
}

// audience is what a customer may be answered from, and where they live.
func (r *rooms) audience(c dialogue.Customer) ([]string, string) {
	out := []string{"customer"}
	known, ok := r.cast.Customer(c.ID)
	if !ok {
		return out, ""
	}
	return append(out, known.Audience...), known.Region
}

// source opens a passage as its reader may see it.
func (r *rooms) source(ctx context.Context, who auth.Identity, passage, locale string) (wire.SourceDocument, error) {
	q := knowledge.Query{Locale: locale, Audience: []string{"customer"}, At: time.Now()}
	if number, ok := strings.CutPrefix(who.Subject, "c:"); ok {
		q.Audience, q.Region = r.audience(dialogue.Customer{ID: number})
	}
	if who.Staff() != "" {
		q.Audience = append(q.Audience, "staff", "private")
	}
	d, err := r.knowledge.Source(ctx, r.mind.Release(), passage, q)
	if errors.Is(err, knowledge.ErrNoSource) {
		return wire.SourceDocument{}, rest.ErrNoSource
	}
	if err != nil {
		return wire.SourceDocument{}, err
	}
	return sourceDocument(d), nil
}

func sourceDocument(d knowledge.Document) wire.SourceDocument {
	out := wire.SourceDocument{Article: d.Article, Title: d.Title, Text: d.Text, Origin: d.Origin, From: d.From, Until: d.Until, Row: -1}
	if len(d.Rows) > 0 {
		table := &wire.Table{Columns: []string{""}, Rows: [][]string{}}
		for _, row := range d.Rows {
			table.Rows = append(table.Rows, []string{row})
		}
		out.Table = table
	}
	return out
}

func sortedEmployees(set *content.Set) []string {
	return slices.Sorted(maps.Keys(set.Employees))
}

// traceOf makes the wire form of what a turn did.
func traceOf(record assistant.TurnRecord, actions []assistant.ActionStatus) *wire.Trace {
	t := &wire.Trace{
		Flow: record.View.Flow, Step: record.View.Step, Slots: map[string]string{}, Called: []wire.Called{}, Notes: []string{},
		Intents: []wire.Scored{}, Release: record.Release, Employee: record.Employee, TookUS: record.TookUS, QueueKey: record.View.Queue,
	}
	for _, row := range record.View.Slots {
		t.Slots[row.Name] = row.Value
	}
	for _, o := range record.Outside {
		t.Called = append(t.Called, wire.Called{Operation: o.Operation, Outcome: string(o.Outcome)})
	}
	for _, act := range record.Acts {
		operation, key, _ := strings.Cut(act, "=")
		outcome := "pending"
		for _, a := range actions {
			if a.ID.String() == key {
				outcome = a.Status
			}
		}
		t.Called = append(t.Called, wire.Called{Operation: operation, Key: key, Outcome: outcome})
	}
	for _, n := range record.Notes {
		t.Notes = append(t.Notes, strings.Join(strings.Fields(n.Kind+" "+n.Flow+" "+n.Step+" "+n.Text), " "))
	}
	if record.Understanding != nil {
		for _, s := range record.Understanding.Intents {
			t.Intents = append(t.Intents, wire.Scored{Intent: s.Intent, P: s.P})
		}
	}
	if record.View.Queue != "" {
		t.Handoff = &wire.Queue{Place: record.View.Place, WaitS: record.View.WaitS}
	}
	return t
}
