package handoff

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
)

// A simulated day: 40 agents, a rush in the morning and one after lunch that they
// can't keep up with, conversations of very different length. What customers are
// told when they come is right within 30 % or 30 s for four of five; who can't be
// told is not told, and the spread holds what it says.
func TestTheToldWaitInASimulatedDay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			told := simulate(seed)
			right, within, waited := 0, 0, 0
			for _, c := range told {
				off := math.Abs(c.was - c.told)
				if off <= max(30, 0.3*c.told) {
					right++
				}
				if c.told > 60 {
					waited++
					if off <= c.spread {
						within++
					}
				}
			}
			t.Logf("%d customers told, %d right; %d waited over a minute, %d within the spread", len(told), right, waited, within)
			if len(told) < 1000 || waited < 200 {
				t.Fatalf("only %d customers, %d of them waited: the day is too quiet", len(told), waited)
			}
			if share := float64(right) / float64(len(told)); share < 0.8 {
				t.Errorf("%.0f %% were told the truth", 100*share)
			}
			if share := float64(within) / float64(waited); share < 0.6 {
				t.Errorf("%.0f %% were served within the told spread", 100*share)
			}
		})
	}
}

type toldWait struct{ told, spread, was float64 }

// simulate lets a day pass in steps of a second over a real hall.
func simulate(seed uint64) []toldWait {
	const agents, meanS, pickUp = 40, 300.0, 6 * time.Second
	random := rand.New(rand.NewPCG(seed, 7))
	began := testNow()
	h := newHall(DefaultQueues())
	h.nodes["n"] = began.Add(24 * time.Hour)
	h.at(began)
	for i := range agents {
		h.seat(sits(fmt.Sprintf("A%02d", i), time.Duration(i)*time.Second, "general"))
	}
	r := testRules()
	first := map[uuid.UUID]toldWait{}
	ends := map[uuid.UUID]time.Time{}
	var done []float64 // seconds of each conversation
	var out []toldWait
	put := func(x row) { x.Version++; h.take(x) }
	for now := began; now.Before(began.Add(8 * time.Hour)); now = now.Add(time.Second) {
		hour := now.Sub(began).Hours()
		perSecond := agents / meanS * (0.75 + 0.4*rush(hour-2) + 0.4*rush(hour-5.5))
		if random.Float64() < perSecond {
			id := uuid.Must(uuid.NewV7())
			h.take(row{Handoff: Handoff{ID: id, Conversation: id, Subject: id.String(), Queue: "general", Locale: "zh", State: StateQueued, Since: now}})
		}
		for id, end := range ends {
			if now.Before(end) {
				continue
			}
			x := *h.open[id]
			done = append(done, now.Sub(*x.AcceptedAt).Seconds())
			p := h.seats[x.Agent].presence
			x.State, x.EndedAt = StateHandedBack, &now
			put(x)
			p.IdleSince = now
			h.seat(p)
			delete(ends, id)
		}
		for _, x := range h.open {
			if x.State == StateRinging && now.Sub(*x.RungAt) >= pickUp {
				y := *x
				y.State, y.RingUntil, y.AcceptedAt = StateAccepted, nil, &now
				put(y)
				// A lognormal length: half the mean is its deviation.
				ends[y.ID] = now.Add(time.Duration(meanS * math.Exp(0.47*random.NormFloat64()-0.11) * float64(time.Second)))
				w := first[y.ID]
				if w.was = now.Sub(y.Since).Seconds(); w.told > 0 {
					out = append(out, w)
				}
			}
		}
		last := done[max(0, len(done)-100):]
		sum := 0.0
		for _, s := range last {
			sum += s
		}
		h.paces["general"] = pace{Queue: "general", Samples: len(last), HandleS: sum / max(1, float64(len(last)))}
		h.at(now)
		for _, c := range h.plan(r) {
			if _, was := first[c.after.ID]; !was && c.after.Place > 0 {
				w := toldWait{told: float64(c.after.WaitS)}
				for _, e := range c.tell {
					w.spread = max(w.spread, float64(e.SpreadS))
				}
				first[c.after.ID] = w
			}
			x := row{Handoff: c.after, Version: c.before.Version}
			put(x)
		}
	}
	return out
}

// rush is 1 in the middle of a rush and nothing two hours from it.
func rush(hours float64) float64 { return math.Exp(-hours * hours) }
