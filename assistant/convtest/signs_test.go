package convtest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// signs tells what happened in a conversation, read off its trace: which of the
// tags it may carry. It is the check that tags are true, not where they come from.
type signs struct {
	has   map[string]bool
	own   map[string]bool // flows of the case's scene
	c     *convtest.Case
	wrong int

	open       bool // a flow runs
	atConfirm  bool // a read-back is the last thing asked
	atChoice   bool // one of several options is asked for
	cancelling bool
	depth      int
	reads      map[string]bool
	unknown    map[string]bool
	values     []string // what each correction was about
}

// vague is something like a yes that is none.
var vague = []string{"嗯", "随便", "都行", "可以", "好的", "行", "好", "嗯嗯", "好吧", "你看着办", "ok", "fine", "okay", "sure", "whatever", "i guess", "up to you", "all right"}

// points is a choice that is pointed at and not named.
var points = regexp.MustCompile(`第[一二三四五1-5]|那[张个笔家户位]|这[张个笔]|不要|不是|尾号|另[一外]|最后|^[0-9]{1,4}$|\b(first|second|third|last|other|that one|not)\b|ending`)

func signsOf(c *convtest.Case, res convtest.Result, flows ...string) map[string]bool {
	s := &signs{has: map[string]bool{}, own: map[string]bool{}, c: c, reads: map[string]bool{}, unknown: map[string]bool{}}
	for _, f := range flows {
		s.own[f] = true
	}
	var turn []convtest.Traced
	for _, x := range res.Trace {
		if _, goesOn := x.Event.(dialogue.Result); !goesOn && len(turn) > 0 {
			if _, found := x.Event.(dialogue.Found); !found {
				s.turn(turn)
				turn = nil
			}
		}
		turn = append(turn, x)
	}
	s.turn(turn)
	return s.has
}

func (s *signs) mark(tag string, so bool) {
	if so {
		s.has[tag] = true
	}
}

// turn looks at one input and all that followed from it.
func (s *signs) turn(xs []convtest.Traced) {
	if len(xs) == 0 {
		return
	}
	var said []flow.Message
	var acts []dialogue.Act
	notes := map[string][]dialogue.Note{}
	searched, handoff, stepup := false, false, false
	var fetched []string
	gave := 0 // how many slots the customer filled at once
	for i, x := range xs {
		for _, e := range x.Effects {
			switch e := e.(type) {
			case dialogue.Say:
				said = append(said, e.Message)
			case dialogue.Note:
				notes[e.Kind] = append(notes[e.Kind], e)
				if i == 0 && (e.Kind == dialogue.NoteSlot || e.Kind == dialogue.NoteCorrected) {
					gave++
				}
			case dialogue.Search:
				searched = true
			case dialogue.Handoff:
				handoff = true
			case dialogue.StepUp:
				stepup = true
			case dialogue.Act:
				acts = append(acts, e)
			case dialogue.Fetch:
				fetched = append(fetched, e.Operation)
			}
		}
		if r, ok := x.Event.(dialogue.Result); ok && s.refuses(r) {
			s.mark("refusal", true)
		}
	}
	reads := slices.ContainsFunc(said, func(m flow.Message) bool { return m.Kind == flow.KindConfirm })
	asks := slices.ContainsFunc(said, func(m flow.Message) bool { return m.Kind == flow.KindAsk })
	answers := searched || len(notes[dialogue.NoteAnswered]) > 0
	switch e := xs[0].Event.(type) {
	case dialogue.Said:
		s.mark("over-informing", gave > 2)
		s.heard(e, notes, said, answers, handoff, reads, asks, stepup || len(acts) > 0)
	case dialogue.Tapped:
		if s.cancelling && len(notes[dialogue.NoteCancelled]) > 0 {
			s.mark("cancel-check", true)
		}
	case dialogue.Tick:
		s.mark("silence", len(said) > 0)
	case dialogue.ActionDone:
		s.settled(e)
	}
	if n := len(notes[dialogue.NoteCorrected]); n > 0 {
		s.mark("correction", true)
		s.mark("correction-at-confirm", s.atConfirm)
		if slices.ContainsFunc(fetched, func(op string) bool { return s.reads[op] }) {
			s.mark("dependent-recheck", true)
		}
		for _, note := range notes[dialogue.NoteCorrected] {
			if slices.Contains(s.values, note.Text) {
				s.mark("changed-mind", true)
			}
			s.values = append(s.values, note.Text)
		}
	}
	for _, op := range fetched {
		s.reads[op] = true
	}
	if n := len(notes[dialogue.NoteSuspended]); n > 0 {
		s.mark("digression", true)
		s.depth += n
		s.mark("nested", s.depth > 1)
	}
	if n := len(notes[dialogue.NoteResumed]); n > 0 {
		s.mark("resume", true)
		s.depth = max(s.depth-n, 0)
	}
	for _, n := range notes[dialogue.NoteCancelled] {
		s.mark("cancel", s.own[n.Flow])
	}
	for _, n := range notes[dialogue.NoteFinished] {
		s.mark("refusal", s.own[n.Flow] && n.Text == "refused" && s.wrong < 3)
	}
	s.open = s.open || len(notes[dialogue.NoteStarted]) > 0
	if len(notes[dialogue.NoteFinished])+len(notes[dialogue.NoteCancelled]) > 0 && len(notes[dialogue.NoteStarted]) == 0 {
		s.open = s.depth > 0
	}
	s.cancelling = slices.ContainsFunc(said, func(m flow.Message) bool {
		return strings.Contains(m.Text, "确定不办") || strings.Contains(m.Text, "填好的内容会清掉") || m.Kind == flow.KindAsk && len(m.Actions) == 2 && strings.Contains(strings.ToLower(m.Text), "will be lost")
	})
	s.atChoice = slices.ContainsFunc(said, func(m flow.Message) bool { return m.Card != nil && len(m.Card.Options) > 1 })
	if reads {
		s.atConfirm = true
	} else if stepup || len(acts) > 0 || asks && !which(said) {
		s.atConfirm = false
	}
}

// which says that it is asked which part of a read-back is wrong.
func which(said []flow.Message) bool {
	return slices.ContainsFunc(said, func(m flow.Message) bool {
		return slices.ContainsFunc(m.Actions, func(a flow.Action) bool { return strings.HasPrefix(a.ID, "slot|") })
	})
}

func (s *signs) heard(e dialogue.Said, notes map[string][]dialogue.Note, said []flow.Message, answers, handoff, reads, asks, ran bool) {
	act := func(a string) bool { return slices.Contains(e.Understanding.Acts, a) }
	if s.open && answers {
		s.mark("question-in-form", true)
		if s.atConfirm && (act(dialogue.ActAffirm) || act(dialogue.ActAffirmExact)) && !ran {
			s.mark("confirm-and-question", true)
		}
	}
	if (act(dialogue.ActNegated) || act(dialogue.ActDeny) && !act(dialogue.ActCorrection)) && !s.cancelling && len(notes[dialogue.NoteCancelled]) == 0 {
		s.mark("negation", true)
	}
	if s.atChoice && points.MatchString(e.Text) {
		s.mark("underspecified-choice", true)
	}
	if act(dialogue.ActRepeat) {
		s.mark("repeat", true)
	}
	if act(dialogue.ActWait) && !ran {
		s.mark("wait", true)
	}
	if len(e.Understanding.Parts) > 1 || len(notes[dialogue.NoteStarted]) > 1 {
		s.mark("multi-request", true)
	}
	if s.cancelling && (len(notes[dialogue.NoteCancelled]) > 0 || len(said) > 0) {
		s.mark("cancel-check", true)
	}
	if s.atConfirm && !ran && slices.Contains(vague, strings.ToLower(strings.Trim(e.Text, "。.，, "))) {
		s.mark("vague-consent", true)
	}
	if handoff && slices.ContainsFunc([]string{"人工", "agent", "person", "human", "真人", "客服"}, func(w string) bool { return strings.Contains(e.Text, w) }) {
		s.mark("agent-anywhere", true)
	} else if handoff && len(notes[dialogue.NoteAlarm]) == 0 {
		s.mark("failures-to-person", true)
	}
}

// settled looks at the outcome of an action.
func (s *signs) settled(e dialogue.ActionDone) {
	key := fmt.Sprint(e.Instance, e.Step, e.Visit)
	switch {
	case e.Outcome == dialogue.Unknown:
		s.unknown[key] = true
	case s.unknown[key]:
		s.mark("unknown", true)
	case e.Outcome == dialogue.Done:
		s.mark("happy", true)
	case e.Code == "wrong_code" || e.Code == "too_many_tries":
		s.wrong++
		s.mark("wrong-code", s.wrong >= 3 && e.Code == "too_many_tries")
	default:
		s.mark("refusal", true)
	}
}

// refuses says that a read told of a refusal: in its outcome or in its value.
func (s *signs) refuses(r dialogue.Result) bool {
	if r.Outcome == dialogue.Refused {
		return true
	}
	var v map[string]any
	if json.Unmarshal(r.Value, &v) != nil {
		return false
	}
	_, no := v["refusal"].(map[string]any)
	return no
}
