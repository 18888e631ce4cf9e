package media

import (
	"sync"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// EventKind is what happened.
type EventKind string

// The kinds of event.
const (
	// Offered carries an offer for the person: send it, and Answer with what comes back.
	Offered EventKind = "offered"
	// Connected is the first packets' way being open, and open again after Disconnected.
	Connected EventKind = "connected"
	// Disconnected is silence; a restart follows by itself.
	Disconnected EventKind = "disconnected"
	// Failed is a connection that restarts did not mend; the person must join again.
	Failed EventKind = "failed"
	// Started is the first packet of a source's connection.
	Started EventKind = "started"
	// Replaced is a person who joined again: the older connection has ended.
	Replaced EventKind = "replaced"
	// Left is a person who is no longer in the room.
	Left EventKind = "left"
)

// Event is one thing that happened to one person.
type Event struct {
	Kind   EventKind
	Room   string
	Peer   string
	Epoch  int    // of the person's connection
	Source Kind   // Started only
	Offer  *Offer // Offered only
	Reason string // Failed only
}

// Offer is a session description for a person.
type Offer struct {
	SDP    string
	Number int    // to be given back with the answer
	Lines  []Line // what each line of the description is for
}

// Line is one media line.
type Line struct {
	MID  string `json:"mid"`
	Kind Kind   `json:"kind"`
	// Peer is whose source it is; the person's own when Publish is set.
	Peer string `json:"peer"`
	// Publish is true when the person who answers is to send on it.
	Publish bool `json:"publish,omitempty"`
}

// Tapped is one packet or sender report of an allowed source, on its way.
type Tapped struct {
	Room, Peer string
	Kind       Kind
	Packet     *rtp.Packet        // nil when it is a report
	Report     *rtcp.SenderReport // nil when it is a packet
}

// events hands events out in order without ever making the sender wait: who
// sends may stand in a pion handler.
type events struct {
	mu      sync.Mutex
	waiting []Event
	wake    chan struct{}
	out     chan Event
}

func newEvents() *events {
	return &events{wake: make(chan struct{}, 1), out: make(chan Event)}
}

func (e *events) send(event Event) {
	e.mu.Lock()
	e.waiting = append(e.waiting, event)
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

func (e *events) run(done <-chan struct{}) {
	defer close(e.out)
	for {
		e.mu.Lock()
		batch := e.waiting
		e.waiting = nil
		e.mu.Unlock()
		for _, event := range batch {
			select {
			case e.out <- event:
			case <-done:
				return
			}
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-e.wake:
		case <-done:
			return
		}
	}
}

// queue runs functions one after the other in a goroutine of its own. Posting
// never waits.
type queue struct {
	mu      sync.Mutex
	waiting []func()
	wake    chan struct{}
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) post(f func()) {
	q.mu.Lock()
	q.waiting = append(q.waiting, f)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) run(done <-chan struct{}) {
	for {
		q.mu.Lock()
		batch := q.waiting
		q.waiting = nil
		q.mu.Unlock()
		for _, f := range batch {
			select {
			case <-done:
				return
			default:
				f()
			}
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-q.wake:
		case <-done:
			return
		}
	}
}
