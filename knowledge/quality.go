package knowledge

import "slices"

// Quality is how well a release finds its own questions, each left out in its
// turn, and leaves alone what it has no answer to. Shares are 0..1.
type Quality struct {
	Questions int     `json:"questions"` // left out one by one
	First     float64 `json:"recall_1"`  // the right article came first
	Three     float64 `json:"recall_3"`  // was among the first three
	Answered  float64 `json:"answered"`  // right and at or above Threshold
	Wrong     float64 `json:"wrong"`     // another article at or above Threshold
	None      int     `json:"none"`      // lines without an answer
	Rejected  float64 `json:"rejected"`  // of them, below Threshold
}

// measure counts what a calibration makes of the trials of a fold.
func (q *Quality) measure(c *calibration, trials []trial, fold int) {
	for i := range trials {
		t := &trials[i]
		if t.chatty || t.fold != fold {
			continue
		}
		places, scores := c.rank(t.examples)
		sure := len(scores) > 0 && scores[0] >= Threshold
		if t.right == "" {
			q.None++
			if !sure {
				q.Rejected++
			}
			continue
		}
		q.Questions++
		at := slices.IndexFunc(places, func(p int) bool { return t.articles[p] == t.right })
		if at == 0 {
			q.First++
		}
		if at >= 0 && at < 3 {
			q.Three++
		}
		switch {
		case sure && at == 0:
			q.Answered++
		case sure:
			q.Wrong++
		}
	}
}

func (q *Quality) finish() {
	n, m := float64(max(q.Questions, 1)), float64(max(q.None, 1))
	q.First, q.Three, q.Answered, q.Wrong, q.Rejected = q.First/n, q.Three/n, q.Answered/n, q.Wrong/n, q.Rejected/m
}
