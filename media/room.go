package media

import (
	"slices"
	"sync"
	"time"
)

// room is a few people and what they send.
type room struct {
	server *Server
	name   string

	mu      sync.Mutex
	peers   map[string]*peer
	sources map[sourceKey]*source
	epochs  map[string]int
	// audiences are who may receive a person; whoever is not in it is for everybody.
	audiences map[string]audience
	ended     bool
}

// audience are the people who may receive somebody; nil is everybody, and who taps.
type audience map[string]bool

func (a audience) has(person string) bool { return a == nil || a[person] }

type sourceKey struct {
	peer string
	kind Kind
}

func newRoom(server *Server, name string) *room {
	return &room{server: server, name: name, peers: map[string]*peer{}, sources: map[sourceKey]*source{}, epochs: map[string]int{}, audiences: map[string]audience{}}
}

// source finds or makes the source of a person.
func (r *room) source(person string, kind Kind) *source {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := sourceKey{person, kind}
	s, ok := r.sources[key]
	if !ok {
		s = newSource(person, kind, r.server.config.Clock)
		s.audience = r.audiences[person]
		if tap := r.server.config.Tap; tap != nil {
			s.tap = func(t Tapped) {
				t.Room = r.name
				tap(t)
			}
		}
		r.sources[key] = s
	}
	return s
}

func (r *room) join(person string) (int, error) {
	p, err := newPeer(r, person)
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	old := r.peers[person]
	if r.ended || (old == nil && len(r.peers) >= PeopleMax) {
		ended := r.ended
		r.mu.Unlock()
		p.stop()
		if ended {
			return 0, ErrNoRoom
		}
		return 0, ErrFull
	}
	r.epochs[person]++
	epoch := r.epochs[person]
	p.epoch = epoch
	r.peers[person] = p
	var present []*source
	for key, s := range r.sources {
		if key.peer != person && s.live() && r.audiences[key.peer].has(person) {
			present = append(present, s)
		}
	}
	r.mu.Unlock()
	if old != nil {
		r.server.events.send(Event{Kind: Replaced, Room: r.name, Peer: person, Epoch: old.epoch})
		old.stop()
	}
	p.begin()
	// A stable order keeps offers comparable in logs.
	slices.SortFunc(present, func(a, b *source) int { return compareKeys(a, b) })
	for _, s := range present {
		p.queue.post(func() { p.subscribe(s) })
	}
	return epoch, nil
}

func compareKeys(a, b *source) int {
	switch x, y := a.peer+string(a.kind), b.peer+string(b.kind); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// published tells everybody else in the room of a source.
func (r *room) published(s *source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, p := range r.peers {
		if id != s.peer && r.audiences[s.peer].has(id) {
			p.queue.post(func() { p.subscribe(s) })
		}
	}
}

// audience says who may receive a person from now on.
func (r *room) audience(person string, who audience) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.audiences[person] = who
	for key, s := range r.sources {
		if key.peer != person {
			continue
		}
		s.restrict(who) // from here on no packet goes to anybody else
		for id, p := range r.peers {
			switch {
			case id == person:
			case !who.has(id):
				p.queue.post(func() { p.unsubscribe(s) })
			case s.live():
				p.queue.post(func() { p.subscribe(s) })
			}
		}
	}
}

func (r *room) leave(person string) error {
	r.mu.Lock()
	p, ok := r.peers[person]
	if !ok {
		r.mu.Unlock()
		return ErrNoRoom
	}
	delete(r.peers, person)
	for key, s := range r.sources {
		if key.peer != person {
			continue
		}
		delete(r.sources, key)
		for _, other := range r.peers {
			other.queue.post(func() { other.unsubscribe(s) })
		}
	}
	r.mu.Unlock()
	r.server.events.send(Event{Kind: Left, Room: r.name, Peer: person, Epoch: p.epoch})
	p.stop()
	return nil
}

func (r *room) shut() {
	r.mu.Lock()
	r.ended = true
	peers := r.peers
	r.peers = map[string]*peer{}
	r.mu.Unlock()
	for _, p := range peers {
		r.server.events.send(Event{Kind: Left, Room: r.name, Peer: p.id, Epoch: p.epoch})
		p.stop()
	}
}

// Traffic is what one source has carried.
type Traffic struct {
	Peer           string
	Kind           Kind
	Packets, Bytes uint64
	Dropped        uint64 // packets that came while the source was not allowed
	Receivers      []Receiver
}

// Receiver is what one receiver of a source has got.
type Receiver struct {
	Packets, Bytes uint64
	Again          uint64 // packets sent again on request
	RTT            time.Duration
}

// Stats reads a room's counters.
func (s *Server) Stats(name string) ([]Traffic, error) {
	r, err := s.room(name)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	sources := make([]*source, 0, len(r.sources))
	for _, one := range r.sources {
		sources = append(sources, one)
	}
	r.mu.Unlock()
	slices.SortFunc(sources, compareKeys)
	out := make([]Traffic, 0, len(sources))
	for _, one := range sources {
		t := Traffic{Peer: one.peer, Kind: one.kind, Packets: one.packets.Load(), Bytes: one.bytes.Load(), Dropped: one.dropped.Load()}
		one.mu.Lock()
		for _, k := range one.sinks {
			t.Receivers = append(t.Receivers, Receiver{
				Packets: k.packets.Load(), Bytes: k.bytes.Load(), Again: k.again.Load(), RTT: time.Duration(k.rtt.Load()),
			})
		}
		one.mu.Unlock()
		out = append(out, t)
	}
	return out, nil
}
