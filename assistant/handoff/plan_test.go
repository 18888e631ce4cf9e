package handoff

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/dialogue"
)

func testRules() rules {
	return rules{
		ringFor: 20 * time.Second, placeEvery: 5 * time.Second, again: 10 * time.Second, aloneFor: 30 * time.Second,
	}
}

func testNow() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

func waits(n byte, queue string, since time.Duration, change ...func(*Handoff)) row {
	h := Handoff{
		ID: uuid.UUID{n}, Conversation: uuid.UUID{n}, Subject: "c:" + string('A'+rune(n)), Queue: queue, Locale: "zh", State: StateQueued,
		Since: testNow().Add(-since),
	}
	for _, f := range change {
		f(&h)
	}
	return row{Handoff: h}
}

// plan puts rows into a hall and plans over it.
func plan(now time.Time, rows []row, seats []presence, paces []pace, r rules) []change {
	return hallOf(now, rows, seats, paces).plan(r)
}

func hallOf(now time.Time, rows []row, seats []presence, paces []pace) *hall {
	h := newHall(DefaultQueues())
	h.nodes["n"] = now.Add(time.Minute)
	h.at(now)
	for _, s := range seats {
		h.seat(s)
	}
	for _, r := range rows {
		h.take(r)
	}
	for _, p := range paces {
		h.paces[p.Queue] = p
	}
	h.at(now)
	return h
}

func sits(agent string, idle time.Duration, skills ...string) presence {
	return presence{
		Agent: agent, Node: "n", Connected: true, State: PresenceReady, Capacity: 1, Skills: skills, Languages: []string{"zh"},
		IdleSince: testNow().Add(-idle),
	}
}

// rung says who is rung for whom, by the handoff's number.
func rung(changes []change) map[byte]string {
	out := map[byte]string{}
	for _, c := range changes {
		if c.after.State == StateRinging && c.before.State != StateRinging {
			out[c.after.ID[0]] = c.after.Agent
		}
	}
	return out
}

func TestWhoIsRung(t *testing.T) {
	t.Parallel()
	english := func(h *Handoff) { h.Locale = "en" }
	with := func(s presence, f func(*presence)) presence { f(&s); return s }
	tests := []struct {
		name  string
		rows  []row
		seats []presence
		want  map[byte]string
	}{
		{"the longest idle", []row{waits(1, "general", 0)}, []presence{sits("a", time.Minute, "general"), sits("b", time.Hour, "general")}, map[byte]string{1: "b"}},
		{"the specialist before the one idle longer", []row{waits(1, "elder", 0)}, []presence{sits("a", time.Hour, "general"), sits("e", 0, "elder")}, map[byte]string{1: "e"}},
		{
			"a busy specialist is waited for at first",
			[]row{waits(1, "elder", 0)},
			[]presence{sits("a", 0, "general"), with(sits("e", 0, "elder"), func(s *presence) { s.State = PresenceBusy })},
			map[byte]string{},
		},
		{
			"then others help",
			[]row{waits(1, "elder", 16*time.Second)},
			[]presence{sits("a", 0, "general"), with(sits("e", 0, "elder"), func(s *presence) { s.State = PresenceBusy })},
			map[byte]string{1: "a"},
		},
		{"no specialist at all: others help at once", []row{waits(1, "elder", 0)}, []presence{sits("a", 0, "general")}, map[byte]string{1: "a"}},
		{"urgent first", []row{waits(1, "general", time.Hour), waits(2, "safety", 0, func(h *Handoff) { h.Urgent = true })}, []presence{sits("a", 0, "general")}, map[byte]string{2: "a"}},
		{
			"who lost an agent before who waits longer",
			[]row{waits(1, "general", time.Hour), waits(2, "general", 0, func(h *Handoff) { now := testNow(); h.LostAt = &now })},
			[]presence{sits("a", 0, "general")},
			map[byte]string{2: "a"},
		},
		{
			"who speaks English for an English customer",
			[]row{waits(1, "general", 0, english)},
			[]presence{sits("a", time.Hour, "general"), with(sits("b", 0, "general"), func(s *presence) { s.Languages = []string{"zh", "en"} })},
			map[byte]string{1: "b"},
		},
		{
			"and waits for the one who does",
			[]row{waits(1, "general", 0, english)},
			[]presence{sits("a", time.Hour, "general"), with(sits("b", 0, "general"), func(s *presence) { s.Languages = []string{"en"}; s.State = PresenceBusy })},
			map[byte]string{},
		},
		{"anybody when nobody does", []row{waits(1, "general", 0, english)}, []presence{sits("a", 0, "general")}, map[byte]string{1: "a"}},
		{
			"their own manager",
			[]row{waits(1, "general", 0)},
			[]presence{sits("a", time.Hour, "general"), with(sits("m", 0, "general"), func(s *presence) { s.Customers = []string{"c:B"} })},
			map[byte]string{1: "m"},
		},
		{
			"no expired certificate",
			[]row{waits(1, "wealth", 0)},
			[]presence{
				with(sits("a", time.Hour, "wealth"), func(s *presence) { s.Certificates = []Certificate{{Name: "理财销售资格", Until: testNow()}} }),
				with(sits("b", 0, "wealth"), func(s *presence) {
					s.Certificates = []Certificate{{Name: "理财销售资格", Until: testNow().Add(time.Hour)}}
				}),
			},
			map[byte]string{1: "b"},
		},
		{"one ring a seat", []row{waits(1, "general", 2), waits(2, "general", 1)}, []presence{with(sits("a", 0, "general"), func(s *presence) { s.Capacity = 3 })}, map[byte]string{1: "a"}},
		{"not who is away, nor cut off", []row{waits(1, "general", 0)}, []presence{
			with(sits("a", 0, "general"), func(s *presence) { s.State = PresenceAway }), with(sits("b", 0, "general"), func(s *presence) { s.Connected = false }),
			with(sits("c", 0, "general"), func(s *presence) { s.State = PresenceBusy }),
		}, map[byte]string{}},
		{
			"not who was rung in this round",
			[]row{waits(1, "general", 0, func(h *Handoff) { h.Tried = []string{"a"}; at := testNow(); h.RungAt = &at })},
			[]presence{sits("a", time.Hour, "general"), sits("b", 0, "general")},
			map[byte]string{1: "b"},
		},
		{
			"a new round after a breath",
			[]row{waits(1, "general", 0, func(h *Handoff) {
				h.Tried = []string{"a"}
				at := testNow().Add(-10 * time.Second)
				h.RungAt = &at
			})},
			[]presence{sits("a", 0, "general")},
			map[byte]string{1: "a"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := rung(plan(testNow(), test.rows, test.seats, nil, testRules()))
			if len(got) != len(test.want) {
				t.Fatalf("rung %v, want %v", got, test.want)
			}
			for id, agent := range test.want {
				if got[id] != agent {
					t.Errorf("rung %v, want %v", got, test.want)
				}
			}
		})
	}
}

func TestWhatTheCustomerIsTold(t *testing.T) {
	t.Parallel()
	now := testNow()
	closedNow := plan(now, []row{waits(1, "general", 0)}, nil, nil, testRules())
	if len(closedNow) != 1 || closedNow[0].tell[0].State != dialogue.HandoffClosed || closedNow[0].after.State != StateClosed {
		t.Errorf("nobody there: %+v", closedNow)
	}
	stays := plan(now, []row{waits(1, "safety", 0)}, nil, nil, testRules())
	if len(stays) != 1 || stays[0].after.State != StateQueued || stays[0].tell[0].Place != 1 || stays[0].tell[0].WaitS != 0 {
		t.Errorf("safety: %+v", stays)
	}
	told := func(h *Handoff) { h.Place = 1; at := now.Add(-time.Minute); h.ToldAt = &at }
	alone := plan(now, []row{waits(1, "general", time.Minute, told)}, nil, nil, testRules())
	if len(alone) != 1 || alone[0].after.State != StateQueued || alone[0].after.AloneSince == nil || len(alone[0].tell) != 0 {
		t.Errorf("everybody left: %+v", alone)
	}
	later := plan(now, []row{waits(1, "general", time.Minute, told, func(h *Handoff) { at := now.Add(-30 * time.Second); h.AloneSince = &at })}, nil, nil, testRules())
	if len(later) != 1 || later[0].after.State != StateClosed {
		t.Errorf("nobody came back: %+v", later)
	}
	busy := sits("a", 0, "general")
	busy.State = PresenceBusy
	paces := []pace{{Queue: "general", Samples: 5, HandleS: 120}}
	second := plan(now, []row{waits(1, "general", 2*time.Second), waits(2, "general", time.Second)}, []presence{busy}, paces, testRules())
	if len(second) != 2 || second[1].tell[0].Place != 2 || second[1].tell[0].WaitS != 2*120+answerS {
		t.Errorf("the second of one busy agent: %+v", second)
	}
	unknown := plan(now, []row{waits(1, "general", 0)}, []presence{busy}, nil, testRules())
	if unknown[0].tell[0].WaitS != 0 {
		t.Errorf("a wait that can't be known was told: %+v", unknown[0].tell)
	}
	quiet := plan(now, []row{waits(2, "general", 0, func(h *Handoff) { h.Place = 2; h.ToldAt = &now })}, []presence{busy}, nil, testRules())
	if len(quiet) != 0 {
		t.Errorf("told again within 5 s: %+v", quiet)
	}
	gone := waits(1, "general", time.Hour, func(h *Handoff) { h.State = StateAccepted; h.Agent = "x"; h.AcceptedAt = &now })
	lost := plan(now, []row{waits(2, "general", 2*time.Hour, told), gone}, []presence{busy}, nil, testRules())
	if len(lost) != 1 || lost[0].after.ID[0] != 1 || len(lost[0].tell) != 2 || lost[0].tell[0].Reason != dialogue.ReasonAgentLost || lost[0].tell[1].Place != 1 {
		t.Errorf("a lost agent: %+v", lost)
	}
}

func TestMaskName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"王秀英": "王**", "李伟": "李*", "Emily Chen": "E**** C***", "": "", "王*": "王*"} {
		if got := MaskName(name); got != want {
			t.Errorf("MaskName(%q) = %q, want %q", name, got, want)
		}
	}
}

// The size of a large bank: 28,000 agents on duty, 2,000 customers waiting.
func BenchmarkPlan(b *testing.B) {
	seats := make([]presence, 28_000)
	for i := range seats {
		seats[i] = sits(fmt.Sprintf("A%05d", i), time.Duration(i)*time.Millisecond, "general")
		if i%28 != 0 { // a thousand are free
			seats[i].State = PresenceBusy
		}
	}
	rows := make([]row, 2_000)
	for i := range rows {
		rows[i] = waits(byte(i), "general", time.Duration(i)*time.Second)
	}
	h := hallOf(testNow(), rows, seats, nil)
	for b.Loop() {
		h.plan(testRules())
	}
}
