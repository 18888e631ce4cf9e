package handoff

import (
	"maps"
	"strings"
	"testing"
	"time"
)

// Each rule of doc.go, one row each: who is rung.
func TestRoutingRules(t *testing.T) {
	t.Parallel()
	now := testNow()
	type change = func(*presence)
	with := func(s presence, f ...change) presence {
		for _, f := range f {
			f(&s)
		}
		return s
	}
	busy := func(s *presence) { s.State = PresenceBusy }
	home := func(s *presence) { s.Home = true }
	branch := func(name string) change { return func(s *presence) { s.Branch = name } }
	manages := func(subject string) change { return func(s *presence) { s.Customers = []string{subject} } }
	certified := func(name string, until time.Time) change {
		return func(s *presence) { s.Certificates = append(s.Certificates, Certificate{Name: name, Until: until}) }
	}
	needs := func(n Needs) func(*Handoff) { return func(h *Handoff) { h.Needs = n } }
	wealth := certified("理财销售资格", time.Time{})
	idle := func(agent string, skills ...string) presence { return sits(agent, time.Minute, skills...) }
	tests := []struct {
		name  string
		rows  []row
		seats []presence
		want  map[byte]string
	}{
		{
			"a request's own certificate, good until tomorrow",
			[]row{waits(1, "general", 0, needs(Needs{Certificates: []string{"双录"}}))},
			[]presence{sits("a", time.Hour, "general"), with(idle("b", "general"), certified("双录", now.Add(24*time.Hour)))},
			map[byte]string{1: "b"},
		},
		{
			"which ended today is none",
			[]row{waits(1, "general", 0, needs(Needs{Certificates: []string{"双录"}}))},
			[]presence{with(idle("b", "general"), certified("双录", now))},
			map[byte]string{},
		},
		{
			"the queue's and the request's together",
			[]row{waits(1, "wealth", 0, needs(Needs{Certificates: []string{"双录"}}))},
			[]presence{with(sits("a", time.Hour, "wealth"), wealth), with(idle("b", "wealth"), wealth, certified("双录", time.Time{}))},
			map[byte]string{1: "b"},
		},
		{
			"on-site only",
			[]row{waits(1, "general", 0, needs(Needs{Onsite: true}))},
			[]presence{with(sits("a", time.Hour, "general"), home), idle("b", "general")},
			map[byte]string{1: "b"},
		},
		{"at home otherwise", []row{waits(1, "general", 0)}, []presence{with(idle("a", "general"), home)}, map[byte]string{1: "a"}},
		{"not who is excluded", []row{waits(1, "general", 0, needs(Needs{Not: []string{"a"}}))}, []presence{idle("a", "general")}, map[byte]string{}},
		{
			"a language that is asked for",
			[]row{waits(1, "general", 0, needs(Needs{Language: "yue"}))},
			[]presence{sits("a", time.Hour, "general"), with(idle("b", "general"), func(s *presence) { s.Languages = []string{"zh", "yue"} })},
			map[byte]string{1: "b"},
		},
		{
			"the manager is waited for",
			[]row{waits(1, "wealth", 19*time.Second)},
			[]presence{with(idle("a", "wealth"), wealth), with(idle("m", "wealth"), wealth, manages("c:B"), busy)},
			map[byte]string{},
		},
		{
			"for the stated time",
			[]row{waits(1, "wealth", 20*time.Second)},
			[]presence{with(idle("a", "wealth"), wealth), with(idle("m", "wealth"), wealth, manages("c:B"), busy)},
			map[byte]string{1: "a"},
		},
		{
			"not by who is urgent",
			[]row{waits(1, "wealth", 0, func(h *Handoff) { h.Urgent = true })},
			[]presence{with(idle("a", "wealth"), wealth), with(idle("m", "wealth"), wealth, manages("c:B"), busy)},
			map[byte]string{1: "a"},
		},
		{
			"nor for one who is away",
			[]row{waits(1, "wealth", 0)},
			[]presence{with(idle("a", "wealth"), wealth), with(idle("m", "wealth"), wealth, manages("c:B"), func(s *presence) { s.State = PresenceAway })},
			map[byte]string{1: "a"},
		},
		{
			"the branch before others",
			[]row{waits(1, "wealth", 0, needs(Needs{Branch: "310"}))},
			[]presence{with(sits("a", time.Hour, "wealth"), wealth, branch("311")), with(idle("b", "wealth"), wealth, branch("310"))},
			map[byte]string{1: "b"},
		},
		{
			"the manager before the branch",
			[]row{waits(1, "wealth", 0, needs(Needs{Branch: "310"}))},
			[]presence{with(sits("b", time.Hour, "wealth"), wealth, branch("310")), with(idle("m", "wealth"), wealth, manages("c:B"))},
			map[byte]string{1: "m"},
		},
		{
			"a transfer to a person rings that person",
			[]row{waits(1, "general", 0, needs(Needs{Agent: "p", AgentUntil: now.Add(time.Second)}))},
			[]presence{sits("a", time.Hour, "general"), idle("p", "card")},
			map[byte]string{1: "p"},
		},
		{
			"and others when the time is over",
			[]row{waits(1, "general", 0, needs(Needs{Agent: "p", AgentUntil: now}))},
			[]presence{sits("a", time.Hour, "general"), with(idle("p", "general"), busy)},
			map[byte]string{1: "a"},
		},
		{
			"the old before VIP before others",
			[]row{
				waits(1, "general", time.Hour), waits(2, "general", 0, needs(Needs{VIP: true})),
				waits(3, "general", 0, func(h *Handoff) { h.View.Age = 65 }),
			},
			[]presence{sits("a", time.Hour, "general"), idle("b", "general")},
			map[byte]string{3: "a", 2: "b"},
		},
		{
			"64 is not old",
			[]row{waits(1, "general", time.Hour), waits(3, "general", 0, func(h *Handoff) { h.View.Age = 64 })},
			[]presence{idle("a", "general")},
			map[byte]string{1: "a"},
		},
		{
			"urgent before the old",
			[]row{waits(1, "general", 0, func(h *Handoff) { h.View.Age = 80 }), waits(2, "general", 0, func(h *Handoff) { h.Urgent = true })},
			[]presence{idle("a", "general")},
			map[byte]string{2: "a"},
		},
		{
			"one session a seat: a second one goes elsewhere",
			[]row{
				owned(9, "general", "a", func(h *Handoff) { h.Needs.Medium = MediumVideo }),
				waits(1, "general", 0, needs(Needs{Medium: MediumVoice})),
			},
			[]presence{with(sits("a", time.Hour, "general"), func(s *presence) { s.Capacity = 3 }), idle("b", "general")},
			map[byte]string{1: "b"},
		},
		{
			"but it takes a chat beside it",
			[]row{owned(9, "general", "a", func(h *Handoff) { h.Needs.Medium = MediumVideo }), waits(1, "general", 0)},
			[]presence{with(sits("a", time.Hour, "general"), func(s *presence) { s.Capacity = 3 }), idle("b", "general")},
			map[byte]string{1: "a"},
		},
		{
			"nobody in wrap-up",
			[]row{waits(1, "general", 0)},
			[]presence{
				with(sits("a", time.Hour, "general"), func(s *presence) { until := now.Add(time.Second); s.WrapUntil = &until }), idle("b", "general"),
			},
			map[byte]string{1: "b"},
		},
		{
			"a helper counts as in hand",
			[]row{owned(9, "general", "a", func(h *Handoff) { h.Guest = "b" }), waits(1, "general", 0)},
			[]presence{idle("a", "general"), idle("b", "general")},
			map[byte]string{},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := rung(plan(now, test.rows, test.seats, nil, testRules())); !maps.Equal(got, test.want) {
				t.Errorf("rung %v, want %v", got, test.want)
			}
		})
	}
}

// The second overflow queue helps after twice the time.
func TestOverflowStepByStep(t *testing.T) {
	t.Parallel()
	queues := map[string]Queue{
		"general": {Skill: "general"}, "card": {Skill: "card"},
		"loan": {Skill: "loan", Overflow: []string{"card", "general"}, OverflowAfter: 10 * time.Second},
	}
	busy := sits("l", 0, "loan")
	busy.State = PresenceBusy
	for _, test := range []struct {
		waited time.Duration
		want   string
		seats  []presence
	}{
		{9 * time.Second, "", []presence{busy, sits("c", 0, "card"), sits("g", time.Hour, "general")}},
		{10 * time.Second, "c", []presence{busy, sits("c", 0, "card"), sits("g", time.Hour, "general")}},
		{10 * time.Second, "", []presence{busy, sits("g", time.Hour, "general")}}, // the loan specialist is worth waiting for
		{20 * time.Second, "g", []presence{busy, sits("g", time.Hour, "general")}},
		{0, "g", []presence{sits("g", time.Hour, "general")}},
	} {
		h := newHall(queues)
		h.nodes["n"] = testNow().Add(time.Minute)
		h.at(testNow())
		for _, s := range test.seats {
			h.seat(s)
		}
		h.take(waits(1, "loan", test.waited))
		got := rung(h.plan(testRules()))[1]
		if got != test.want {
			t.Errorf("after %s with %d on duty %q is rung, want %q", test.waited, len(test.seats), got, test.want)
		}
	}
}

// Time alone changes what a hall says: a lease, a certificate and a wrap-up end.
func TestTimeAlone(t *testing.T) {
	t.Parallel()
	now := testNow()
	until := now.Add(5 * time.Second)
	certified := sits("c", 0, "wealth")
	certified.Certificates = []Certificate{{Name: "理财销售资格", Until: until}}
	wrapping := sits("w", 0, "general")
	wrapping.WrapUntil = &until
	cut := sits("x", 0, "general")
	cut.Connected, cut.LeaseUntil = false, until
	h := hallOf(now, []row{owned(9, "general", "x")}, []presence{certified, wrapping, cut}, nil)
	if len(h.free["wealth"]) != 1 || !h.line("wealth").served() || len(h.free["general"]) != 0 || len(h.lost()) != 0 || h.duty != 3 {
		t.Errorf("before: %d and %d free, %d lost, %d on duty", len(h.free["wealth"]), len(h.free["general"]), len(h.lost()), h.duty)
	}
	h.at(until)
	if h.line("wealth").served() || len(h.free["general"]) != 1 || len(h.lost()) != 1 || h.duty != 2 {
		t.Errorf("after: %d free, %d lost, %d on duty", len(h.free["general"]), len(h.lost()), h.duty)
	}
	h.nodes = map[string]time.Time{}
	h.at(until)
	if h.duty != 0 || len(h.free["general"]) != 0 {
		t.Errorf("the node is dead, %d on duty, %d free", h.duty, len(h.free["general"]))
	}
}

func TestReadQueues(t *testing.T) {
	t.Parallel()
	if q := DefaultQueues()["elder"]; q.Skill != "elder" || q.OverflowAfter != 15*time.Second || len(q.Overflow) != 1 {
		t.Errorf("the shipped queue: %+v", q)
	}
	for text, want := range map[string]string{
		"general: {skill: g, overfow: [x]}":                   "overfow",
		"general: {skill: g}\nCards: {skill: c}":              `queue "Cards"`,
		"general: {}":                                         "skill is missing",
		"general: {skill: g, wrap_up: 2h}":                    "between 0 and 1h",
		"general: {skill: g, overflow: [cards]}":              `overflow "cards"`,
		"cards: {skill: c}":                                   "named general",
		"general: {skill: g}\n#" + strings.Repeat("x", 1<<20): "1 MiB",
	} {
		if _, err := ReadQueues(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}

func owned(n byte, queue, agent string, change ...func(*Handoff)) row {
	return waits(n, queue, time.Hour, append([]func(*Handoff){func(h *Handoff) {
		at := testNow()
		h.State, h.Agent, h.AcceptedAt = StateAccepted, agent, &at
	}}, change...)...)
}
