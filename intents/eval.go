package intents

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Report is what an evaluation found. Fractions are 0..1.
type Report struct {
	Train     int     `json:"train"`     // examples learned from
	Test      int     `json:"test"`      // examples judged
	Intents   int     `json:"intents"`   //
	Left      int     `json:"left_out"`  // training lines left out because they stand in the test too
	Accuracy  float64 `json:"accuracy"`  // of all test lines, nothing rejected
	MacroF1   float64 `json:"macro_f1"`  //
	Top2      float64 `json:"top2"`      // the right one among the two best
	Coverage  float64 `json:"coverage"`  // test lines not rejected at the threshold
	ActedOn   float64 `json:"acted_on"`  // test lines acted on without a question
	Precision float64 `json:"precision"` // of those acted on, right
	Asked     float64 `json:"asked"`     // test lines answered with a question
	Threshold float64 `json:"threshold"` // InScope from which a text is accepted
	// OOS is nil without out-of-scope lines.
	OOS          *OOSReport     `json:"oos,omitempty"`
	Worst        []IntentReport `json:"worst"` // the ten weakest intents
	TrainSeconds float64        `json:"train_seconds"`
	PredictP50Ms float64        `json:"predict_p50_ms"`
	PredictP99Ms float64        `json:"predict_p99_ms"`
	MemoryMB     float64        `json:"memory_mb"`   // heap the model holds
	ArtefactMB   float64        `json:"artefact_mb"` // its bytes on disk
}

// OOSReport is how lines that fit no intent were told from those that do.
type OOSReport struct {
	Lines    int     `json:"lines"`
	AUROC    float64 `json:"auroc"`
	Rejected float64 `json:"rejected"` // share rejected at the threshold
	ActedOn  float64 `json:"acted_on"` // share wrongly acted on
}

// IntentReport is one intent's part of a Report.
type IntentReport struct {
	Intent    string  `json:"intent"`
	Lines     int     `json:"lines"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Mistaken  string  `json:"mistaken_for,omitempty"` // the intent most often given instead
}

// Evaluate trains on train and judges test and, where given, out-of-scope
// lines. dev and devOOS set the threshold where both are given (the InScope with the best
// balance of accepted and rejected); otherwise the model's own calibration does.
// Training lines that stand in test or dev word for word, case aside, are left out.
func Evaluate(ctx context.Context, train, test, dev, oos, devOOS []Example, cfg Config) (Report, error) {
	if len(test) == 0 {
		return Report{}, errors.New("intents: evaluate: no test lines")
	}
	seen := map[string]bool{}
	for _, e := range slices.Concat(test, dev) {
		seen[strings.ToLower(e.Text)] = true
	}
	kept := slices.DeleteFunc(slices.Clone(train), func(e Example) bool { return seen[strings.ToLower(e.Text)] })
	cfg = cfg.filled()
	before := heap()
	start := time.Now()
	m, err := Train(ctx, kept, cfg)
	if err != nil {
		return Report{}, err
	}
	r := Report{Train: len(kept), Left: len(train) - len(kept), Test: len(test), Intents: len(m.intents), TrainSeconds: time.Since(start).Seconds()}
	r.MemoryMB = max(0, float64(heap())-float64(before)) / (1 << 20)
	art, err := m.MarshalBinary()
	if err != nil {
		return Report{}, err
	}
	r.ArtefactMB = float64(len(art)) / (1 << 20)
	if len(dev) > 0 && len(devOOS) > 0 {
		cfg.AcceptAt = balance(inScope(m, dev), inScope(m, devOOS))
	}
	r.Threshold = cfg.AcceptAt
	in := r.judge(m, test, cfg)
	if len(oos) > 0 {
		r.OOS = judgeOOS(m, oos, in, cfg)
	}
	runtime.KeepAlive(m)
	return r, nil
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

func inScope(m *Model, lines []Example) []float64 {
	out := make([]float64, len(lines))
	for i, e := range lines {
		out[i] = m.Predict(e.Text).InScope
	}
	return out
}

// judge fills the in-scope part and gives each line's InScope.
func (r *Report) judge(m *Model, test []Example, cfg Config) []float64 {
	type tally struct{ right, given, lines int }
	per := map[string]*tally{}
	mistaken := map[string]map[string]int{}
	at := func(name string) *tally {
		if per[name] == nil {
			per[name] = &tally{}
		}
		return per[name]
	}
	var right, top2, covered, acted, actedRight, asked int
	ms := make([]float64, 0, len(test))
	in := make([]float64, 0, len(test))
	for _, e := range test {
		began := time.Now()
		p := m.Predict(e.Text)
		ms = append(ms, float64(time.Since(began).Microseconds())/1000)
		in = append(in, p.InScope)
		at(e.Intent).lines++
		best := ""
		if len(p.Scores) > 0 {
			best = p.Scores[0].Intent
			at(best).given++
		}
		if best == e.Intent {
			right++
			at(best).right++
		} else if best != "" {
			if mistaken[e.Intent] == nil {
				mistaken[e.Intent] = map[string]int{}
			}
			mistaken[e.Intent][best]++
		}
		if slices.ContainsFunc(p.Scores[:min(2, len(p.Scores))], func(s Score) bool { return s.Intent == e.Intent }) {
			top2++
		}
		if p.InScope >= cfg.AcceptAt {
			covered++
		}
		switch v := Decide(p, cfg); v.Kind {
		case Act:
			acted++
			if v.Intents[0] == e.Intent {
				actedRight++
			}
		case Ask:
			asked++
		case Reject: // neither acted on nor asked about
		}
	}
	n := float64(len(test))
	r.Accuracy, r.Top2, r.Coverage, r.ActedOn, r.Asked = float64(right)/n, float64(top2)/n, float64(covered)/n, float64(acted)/n, float64(asked)/n
	r.Precision = share(actedRight, acted)
	for name, t := range per {
		x := IntentReport{Intent: name, Lines: t.lines, Precision: share(t.right, t.given), Recall: share(t.right, t.lines)}
		if x.Precision+x.Recall > 0 {
			x.F1 = 2 * x.Precision * x.Recall / (x.Precision + x.Recall)
		}
		most := 0
		for other, n := range mistaken[name] {
			if n > most || n == most && other < x.Mistaken {
				most, x.Mistaken = n, other
			}
		}
		r.MacroF1 += x.F1 / float64(len(per))
		r.Worst = append(r.Worst, x)
	}
	slices.SortFunc(r.Worst, func(a, b IntentReport) int {
		return cmp.Or(cmp.Compare(a.F1, b.F1), cmp.Compare(a.Intent, b.Intent))
	})
	r.Worst = r.Worst[:min(10, len(r.Worst))]
	slices.Sort(ms)
	r.PredictP50Ms, r.PredictP99Ms = ms[len(ms)/2], ms[len(ms)*99/100]
	return in
}

func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func judgeOOS(m *Model, oos []Example, in []float64, cfg Config) *OOSReport {
	out := &OOSReport{Lines: len(oos)}
	var rejected, acted int
	scores := make([]float64, len(oos))
	for i, e := range oos {
		p := m.Predict(e.Text)
		scores[i] = p.InScope
		switch Decide(p, cfg).Kind {
		case Reject:
			rejected++
		case Act:
			acted++
		case Ask:
		}
	}
	out.Rejected, out.ActedOn = share(rejected, len(oos)), share(acted, len(oos))
	out.AUROC = auroc(in, scores)
	return out
}

// auroc is the chance that an in-scope line scores above an out-of-scope one,
// ties counting half (the Mann-Whitney U statistic).
func auroc(in, out []float64) float64 {
	sorted := slices.Clone(out)
	slices.Sort(sorted)
	sum := 0.0
	for _, v := range in {
		below, _ := slices.BinarySearch(sorted, v)
		upto, _ := slices.BinarySearchFunc(sorted, v, func(a, b float64) int {
			if a <= b {
				return -1
			}
			return 1
		})
		sum += float64(below) + float64(upto-below)/2
	}
	return sum / float64(max(1, len(in)*len(out)))
}

// balance gives the threshold at which accepted in-scope and rejected
// out-of-scope lines have the highest mean share.
func balance(in, out []float64) float64 {
	slices.Sort(in)
	slices.Sort(out)
	best, at := -1.0, defaultAcceptAt
	for i := 1; i < 200; i++ {
		t := float64(i) / 200
		a, _ := slices.BinarySearch(in, t)
		b, _ := slices.BinarySearch(out, t)
		score := 1 - float64(a)/float64(len(in)) + float64(b)/float64(len(out))
		if score > best {
			best, at = score, t
		}
	}
	return at
}

// ReadTSV reads label<TAB>text lines; blank lines are passed over. Errors name
// the file and the line.
func ReadTSV(r io.Reader, name string) ([]Example, error) {
	var out []Example
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), 1<<20)
	line := 0
	for sc.Scan() {
		line++
		s := strings.TrimSuffix(sc.Text(), "\r")
		if line == 1 {
			s = strings.TrimPrefix(s, "\ufeff")
		}
		if strings.TrimSpace(s) == "" {
			continue
		}
		label, text, ok := strings.Cut(s, "\t")
		switch {
		case !utf8.ValidString(s):
			return nil, fmt.Errorf("%s:%d: not UTF-8; save the file as UTF-8", name, line)
		case !ok:
			return nil, fmt.Errorf("%s:%d: no tab; write label<TAB>text", name, line)
		case strings.TrimSpace(label) == "" || strings.TrimSpace(text) == "":
			return nil, fmt.Errorf("%s:%d: label or text is empty", name, line)
		}
		out = append(out, Example{Intent: strings.TrimSpace(label), Text: strings.TrimSpace(text)})
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, line+1, err)
	}
	return out, nil
}
