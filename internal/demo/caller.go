package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
)

// Script is what a scripted customer says: what it came for, and its answers to
// the agent.
type Script struct {
	Customer string // id in the cast
	Asks     []string
	Answers  []string
}

// Scripts are the customers that 来一位客户 sends, in turn.
func Scripts() []Script {
	return []Script{
		{"C007", []string{"给供货商转一万八要手续费吗"}, []string{"主要是想问一次最多能转多少", "好的，明白了，谢谢"}},
		{"C003", []string{"每个月扣我15块是啥"}, []string{"我没印象开过这个，能帮我看看怎么停吗", "行，那先这样，谢谢"}},
		{"C012", []string{"十年没用的卡激活一下"}, []string{"身份证也过期了，要先换证吗", "好，我换完证再来"}},
		{"C009", []string{"我的卡为什么被限制了"}, []string{"房租今天就到期了，有没有别的办法", "那我现在就去网点，谢谢"}},
		{"C011", []string{"数币怎么转回银行卡"}, []string{"我是想转回尾号最新的那张卡", "会了，谢谢"}},
	}
}

// ErrNobodyFree says that every scripted customer is in a conversation already.
var ErrNobodyFree = errors.New("every scripted customer is in a conversation")

// Visit is one scripted customer who came.
type Visit struct {
	Customer     string
	Conversation uuid.UUID
	script       Script
	after        int64
}

// Caller sends scripted customers: through the engine like anybody, so that
// queue, ring and chat are the real ones.
type Caller struct {
	engine  *assistant.Engine
	first   string
	log     *slog.Logger
	clock   func() time.Time
	scripts []Script
	visits  chan Visit

	mu   sync.Mutex
	next int
}

// NewCaller makes a caller; first is the employee a new conversation starts with.
func NewCaller(engine *assistant.Engine, first string, log *slog.Logger, clock func() time.Time) *Caller {
	return &Caller{engine: engine, first: first, log: log, clock: clock, scripts: Scripts(), visits: make(chan Visit, 16)}
}

const (
	// alone is how long a conversation must rest before its customer is played.
	alone = 2 * time.Minute
	// stays is how long a scripted customer waits and talks at most.
	stays = 15 * time.Minute
)

// Come lets a scripted customer come, say what it came for and ask for a person.
func (c *Caller) Come(ctx context.Context) (Visit, error) {
	c.mu.Lock()
	defer c.mu.Unlock() // one at a time: the same customer must not come twice
	for range c.scripts {
		script := c.scripts[c.next%len(c.scripts)]
		c.next++
		v, free, err := c.enter(ctx, script)
		if err != nil {
			return Visit{}, fmt.Errorf("the scripted customer %s can't come: %w", script.Customer, err)
		}
		if !free {
			continue
		}
		select {
		case c.visits <- v:
		default: // it asks and waits, and says nothing more
		}
		return v, nil
	}
	return Visit{}, ErrNobodyFree
}

func (c *Caller) enter(ctx context.Context, script Script) (Visit, bool, error) {
	subject := "c:" + script.Customer
	conversation, err := c.engine.Open(ctx, subject, "", c.first, "", "")
	if err != nil {
		return Visit{}, false, err
	}
	standing, err := c.engine.Hub().Now(ctx, conversation)
	if err != nil {
		return Visit{}, false, err
	}
	if standing.Speaker != "bot" || standing.LastSeq > 0 && c.clock().Sub(standing.UpdatedAt) < alone {
		return Visit{}, false, nil
	}
	say := func(body assistant.Body) (assistant.Receipt, error) {
		return c.engine.Ask(ctx, subject, conversation, assistant.Input{ID: "scripted:" + uuid.NewString(), Body: body})
	}
	if _, err := say(assistant.BusinessEvent{Name: "opened"}); err != nil {
		return Visit{}, false, err
	}
	var r assistant.Receipt
	for _, text := range append(append([]string(nil), script.Asks...), "人工") {
		if r, err = say(assistant.CustomerMessage{Text: text}); err != nil {
			return Visit{}, false, err
		}
	}
	return Visit{Customer: script.Customer, Conversation: conversation, script: script, after: r.LastSeq}, true, nil
}

// Run plays the customers who came until ctx ends.
func (c *Caller) Run(ctx context.Context) error {
	var playing sync.WaitGroup
	defer playing.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case v := <-c.visits:
			playing.Go(func() {
				limited, cancel := context.WithTimeout(ctx, stays)
				defer cancel()
				if err := c.play(limited, v); err != nil && limited.Err() == nil {
					c.log.Warn("a scripted customer left early", "customer", v.Customer, "error", err)
				}
			})
		}
	}
}

// play answers the agent, one line to each of the agent's.
func (c *Caller) play(ctx context.Context, v Visit) error {
	subject := "c:" + v.Customer
	watch := c.engine.Hub().Watch(v.Conversation)
	defer watch.Close()
	after, n := v.after, 0
	spoken := func() (bool, error) {
		messages, err := c.engine.Messages(ctx, subject, v.Conversation, after, 50)
		for _, m := range messages {
			after = m.Seq
			if m.Author == "agent" {
				return true, nil
			}
		}
		return false, err
	}
	for n < len(v.script.Answers) {
		if err := until(ctx, watch.C, spoken); err != nil {
			return err
		}
		// Reading and typing take a person a moment.
		timer := time.NewTimer(typing)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
		standing, err := c.engine.Hub().Now(ctx, v.Conversation)
		if err != nil || standing.Speaker != "agent" {
			return err // handed back meanwhile
		}
		after = standing.LastSeq
		in := assistant.Input{ID: fmt.Sprintf("scripted:%d:%d", v.after, n), Body: assistant.CustomerMessage{Text: v.script.Answers[n]}}
		if _, err := c.engine.Ask(ctx, subject, v.Conversation, in); err != nil {
			return err
		}
		n++
	}
	return nil
}

const typing = 3 * time.Second
