package intents

// Verdict is what to do with a prediction.
type Verdict struct {
	Kind VerdictKind `json:"kind"`
	// Intents are the one to act on, or the two to ask about, best first; none
	// when rejected.
	Intents []string `json:"intents"`
}

// VerdictKind is one of Act, Ask and Reject.
type VerdictKind string

// The verdicts.
const (
	Act    VerdictKind = "act"    // sure enough to start
	Ask    VerdictKind = "ask"    // 您是想办 A 还是 B
	Reject VerdictKind = "reject" // fits no intent: search the knowledge base, or say so
)

// The defaults of Config, set on the public development data: see Evaluate.
const (
	defaultAcceptAt = 0.5
	defaultActAt    = 0.5
	defaultAskGap   = 0.3
)

func (c Config) filled() Config {
	if c.AcceptAt == 0 {
		c.AcceptAt = defaultAcceptAt
	}
	if c.ActAt == 0 {
		c.ActAt = defaultActAt
	}
	if c.AskGap == 0 {
		c.AskGap = defaultAskGap
	}
	return c
}

// Decide turns a prediction into a verdict: below AcceptAt nothing is guessed;
// a best intent of ActAt or more, clearly ahead of the second, is acted on; otherwise the two best are
// asked about, unless even together they are unlikely.
func Decide(p Prediction, cfg Config) Verdict {
	cfg = cfg.filled()
	if len(p.Scores) == 0 || p.InScope < cfg.AcceptAt {
		return Verdict{Kind: Reject}
	}
	best := p.Scores[0]
	if len(p.Scores) == 1 {
		return Verdict{Kind: Act, Intents: []string{best.Intent}}
	}
	second := p.Scores[1]
	near := second.P >= (1-cfg.AskGap)*best.P
	switch {
	case best.P >= cfg.ActAt && !near:
		return Verdict{Kind: Act, Intents: []string{best.Intent}}
	case best.P+second.P < cfg.ActAt/2:
		return Verdict{Kind: Reject}
	}
	return Verdict{Kind: Ask, Intents: []string{best.Intent, second.Intent}}
}
