package handoff

import (
	"bytes"
	"cmp"
	_ "embed" // the shipped queues
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/assistant/dialogue"
)

// Queue says who serves a queue.
type Queue struct {
	// Skill is what the specialists of the queue have.
	Skill string `yaml:"skill"`
	// Certificates must all be held and be good now. Overflow does not lift them.
	Certificates []string `yaml:"certificates"`
	// OwnFirst is how long a customer waits for their own manager, or for their
	// branch, when one of these is on duty but not free; 0 waits for nobody.
	OwnFirst time.Duration `yaml:"own_first"`
	// Overflow are the queues whose specialists help, in this order.
	Overflow []string `yaml:"overflow"`
	// OverflowAfter is how long a customer waits until the next queue of Overflow
	// helps. Urgent requests don't wait, nor does who finds nobody on duty before.
	OverflowAfter time.Duration `yaml:"overflow_after"`
	// Always is true for a queue that never closes: loss, fraud, emergencies.
	Always bool `yaml:"always"`
	// WrapUp is how long an agent may write up a conversation of this queue after
	// it, unrung; 0 for no wrap-up.
	WrapUp time.Duration `yaml:"wrap_up"`
	// Hours are when call-backs may be booked, each day in the bank's zone, like
	// 08:00-22:00; empty books none.
	Hours Hours `yaml:"hours"`
	// CallBacks is how many of them each half hour takes.
	CallBacks int `yaml:"call_backs"`
}

// Hours are the hours of a day, as a queues file writes them.
type Hours struct{ dialogue.Hours }

// UnmarshalText reads 08:00-22:00.
func (h *Hours) UnmarshalText(text []byte) (err error) {
	h.Hours, err = dialogue.ParseHours(string(text))
	return err
}

// callBacks is how many call-backs a half hour takes where the file says none.
const callBacks = 20

// room is how many call-backs a half hour of this queue takes.
func (q *Queue) room() int { return cmp.Or(q.CallBacks, callBacks) }

// QueueHours are when the people of each queue can call back, for the engine.
func QueueHours(queues map[string]Queue) map[string]dialogue.Hours {
	if queues == nil {
		queues = DefaultQueues()
	}
	out := map[string]dialogue.Hours{}
	for name, q := range queues {
		if q.Hours.Known() {
			out[name] = q.Hours.Hours
		}
	}
	return out
}

//go:embed queues.yaml
var shippedQueues []byte

// DefaultQueues are the queues the shipped content names.
func DefaultQueues() map[string]Queue {
	queues, err := ReadQueues(bytes.NewReader(shippedQueues))
	if err != nil {
		panic("handoff: queues.yaml: " + err.Error()) // a defect of the build
	}
	return queues
}

// Limits of a queues file.
const (
	queuesFileLimit = 1 << 20
	queuesLimit     = 200
)

var queueForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// ReadQueues reads queues by name from YAML, refusing what would serve nobody.
func ReadQueues(r io.Reader) (map[string]Queue, error) {
	raw, err := io.ReadAll(io.LimitReader(r, queuesFileLimit+1))
	if err != nil {
		return nil, fmt.Errorf("read the queues: %w", err)
	}
	if len(raw) > queuesFileLimit {
		return nil, errors.New("the queues file is larger than 1 MiB")
	}
	queues := map[string]Queue{}
	if err := yaml.UnmarshalWithOptions(raw, &queues, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the queues: %w", err)
	}
	if len(queues) > queuesLimit {
		return nil, fmt.Errorf("%d queues: at most %d", len(queues), queuesLimit)
	}
	if _, ok := queues["general"]; !ok {
		return nil, errors.New("a queue named general is needed: who asks for no particular one waits there")
	}
	for _, name := range slices.Sorted(maps.Keys(queues)) {
		q := queues[name]
		switch {
		case !queueForm.MatchString(name):
			return nil, fmt.Errorf("queue %q: a name is a small letter, then small letters, digits and -, at most 32", name)
		case q.Skill == "":
			return nil, fmt.Errorf("queue %s: skill is missing: name what its specialists have", name)
		case q.OwnFirst < 0 || q.OverflowAfter < 0 || q.WrapUp < 0 || max(q.OwnFirst, q.OverflowAfter, q.WrapUp) > time.Hour:
			return nil, fmt.Errorf("queue %s: own_first, overflow_after and wrap_up lie between 0 and 1h", name)
		}
		if q.CallBacks < 0 || q.CallBacks > 10000 {
			return nil, fmt.Errorf("queue %s: call_backs lies between 0 (then it is %d) and 10000", name, callBacks)
		}
		for _, other := range q.Overflow {
			if _, ok := queues[other]; !ok || other == name {
				return nil, fmt.Errorf("queue %s: overflow %q is not another queue of this file", name, other)
			}
		}
	}
	return queues, nil
}

// queueOf finds a queue; one that nobody described is served by the skill of
// its name, and by everybody when there is no such specialist.
func queueOf(queues map[string]Queue, name string) Queue {
	if q, ok := queues[name]; ok {
		return q
	}
	return Queue{Skill: name, Overflow: []string{"general"}}
}

// Certificate is a qualification with its last day.
type Certificate struct {
	Name  string    `json:"name"`
	Until time.Time `json:"until"` // the certificate is good before this moment; zero for ever
}

// The media of a request. An empty one is a chat.
const (
	MediumChat  = "chat"
	MediumVoice = "voice"
	MediumVideo = "video"
)

// Needs are what one request asks of who serves it, beside what its queue asks.
type Needs struct {
	// Certificates must all be held and be good now.
	Certificates []string `json:"certificates,omitempty"`
	// Language is asked for before others; empty is the conversation's.
	Language string `json:"language,omitempty"`
	// Medium is chat, voice or video: a seat holds one session of voice or video.
	Medium string `json:"medium,omitempty"`
	// Onsite leaves out who works at home.
	Onsite bool `json:"onsite,omitempty"`
	// Branch is the customer's branch: its agents come first.
	Branch string `json:"branch,omitempty"`
	// VIP raises the priority.
	VIP bool `json:"vip,omitempty"`
	// Agent alone is rung until AgentUntil: a transfer to a person.
	Agent      string    `json:"agent,omitempty"`
	AgentUntil time.Time `json:"agent_until,omitzero"`
	// Not are agents who may not serve it.
	Not []string `json:"not,omitempty"`
}

func (n *Needs) call() bool { return n.Medium == MediumVoice || n.Medium == MediumVideo }

// MaskName keeps the first character of a Chinese name (王**) and the first
// letter of each other word (E**** C***): enough to greet nobody by mistake.
func MaskName(name string) string {
	if strings.Contains(name, "*") {
		return name
	}
	words := strings.Fields(name)
	for i, word := range words {
		runes := []rune(word)
		stars := max(1, len(runes)-1)
		if unicode.Is(unicode.Han, runes[0]) {
			stars = min(stars, 2)
		} else {
			stars = min(stars, 4)
		}
		words[i] = string(runes[0]) + strings.Repeat("*", stars)
	}
	return strings.Join(words, " ")
}
